"""Accuracy in words."""

import numpy as np

from edgebreed.train.classification_metrics import ClassificationMetrics, measure
from edgebreed.train.metrics_text import confusions, describe_top1, describe_untested, rows_of


def metrics_of(labels: list[int], predicted: list[int], classes: int) -> ClassificationMetrics:
    """Metrics of predictions; the classes are called a, b, c, ..."""
    rows = np.eye(classes, dtype=np.float32)[predicted]
    return measure(rows, np.array(labels), tuple("abcdefgh"[:classes]))


def test_top1_is_said_with_its_interval() -> None:
    """And the other figures with one decimal, where they are known."""
    metrics = metrics_of([0, 0, 0, 1], [0, 0, 1, 1], 2)
    assert "75.0% of 4 (30.1% to 95.4% with 95% confidence)" == describe_top1(metrics)
    assert "50.0% of 4 (15.0% to 85.0% with 95% confidence)" == describe_top1(metrics, 0.5)
    rows = rows_of(metrics)
    assert ("83.3%", "73.3%", "", "a as b (1)") == (
        rows["balanced accuracy"],
        rows["macro F1"],
        rows["top-5"],
        rows["largest confusions"],
    )


def test_no_percentage_is_claimed_where_a_class_has_no_image() -> None:
    """Not "100 %": 30 images of one class say nothing of the other."""
    metrics = metrics_of([0] * 30, [0] * 30, 2)
    text = describe_top1(metrics)
    assert "30 of 30, which show 1 of 2 classes (88.6% or more with 95% confidence)" == text
    assert not any("100" in value for value in (text, *rows_of(metrics).values()))
    assert "no image shows b: nothing is known of its accuracy" == rows_of(metrics)["not tested"]


def test_many_classes_without_images_are_counted() -> None:
    """The first five are named."""
    assert "" == describe_untested(metrics_of([0, 1], [0, 1], 2))
    text = describe_untested(metrics_of([0], [0], 8))
    assert "no image shows b, c, d, e, f, ... (7 classes): nothing is known of their accuracy" == text


def test_confusions_are_named_by_label_and_prediction() -> None:
    """The most frequent first."""
    assert ["b as c (2)", "a as b (1)"] == confusions(metrics_of([0, 1, 1, 2], [1, 2, 2, 2], 3))
