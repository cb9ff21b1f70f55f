"""The accuracy of any model in words."""

import numpy as np

from edgebreed.train.accuracy_text import accuracy_name, accuracy_of, describe_accuracy, rows_beyond
from edgebreed.train.classification_metrics import measure
from edgebreed.train.delivered import Delivered
from edgebreed.train.measure_outputs import Metrics
from edgebreed.train.multi_label_metrics import measure_labels

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]], np.float32)
CLASSES = ("crack", "stain")
SINGLE = measure(ROWS, np.array([0, 1, 1, 0]), CLASSES)
SEVERAL = measure_labels(ROWS, np.array([[1, 0], [1, 1], [1, 0], [1, 0]]), CLASSES, (0.5, 0.5))


def told(metrics: Metrics) -> tuple[str, float, str]:
    """The figure with its name."""
    return accuracy_name(metrics), accuracy_of(metrics), describe_accuracy(metrics)


def test_the_figure_is_the_share_of_images_that_are_answered_rightly() -> None:
    """Top-1, or exactly the right labels."""
    interval = "75.0% of 4 (30.1% to 95.4% with 95% confidence)"
    assert ("top-1", 0.75, interval) == told(SINGLE)
    assert ("subset accuracy", 0.75, interval) == told(SEVERAL)
    assert describe_accuracy(SEVERAL, 0.5).startswith("50.0% of 4")


def test_what_is_known_beyond_it_depends_on_the_model() -> None:
    """What a user gets, or the mean average precision."""
    single = rows_beyond(SINGLE, Delivered(0.75, 0.25, 0.0, 0.0))
    assert single["as delivered"].startswith("right 75.0%")
    assert "mean average precision" not in single
    assert "100.0%, the mean of 2 labels" == rows_beyond(SEVERAL, None)["mean average precision"]
