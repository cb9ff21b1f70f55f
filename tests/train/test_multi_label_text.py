"""Accuracy of a multi-label classifier in words."""

import numpy as np

from edgebreed.train.multi_label_metrics import measure_labels
from edgebreed.train.multi_label_text import describe_map, describe_untested_labels, multi_label_rows

ROWS = np.array([[0.9, 0.1], [0.2, 0.8]], np.float32)
METRICS = measure_labels(ROWS, np.array([[1, 0], [0, 0]]), ("crack", "rust"), (0.5, 0.5))


def test_a_mean_says_of_how_many_labels_it_is() -> None:
    """Those that no image shows are named."""
    assert "100.0%, the mean of 1 label" == describe_map(1.0, METRICS)
    rows = multi_label_rows(METRICS)
    assert "no image shows rust: nothing is known of its accuracy" == rows["not tested"]
    assert ("66.7%", "") == (rows["micro F1"], rows["macro F1"])


def test_what_is_not_known_is_left_empty() -> None:
    """No image shows any label."""
    nothing = measure_labels(ROWS, np.zeros((2, 2), np.int64), ("crack", "rust"), (0.5, 0.5))
    rows = multi_label_rows(nothing)
    assert ("", "") == (rows["mean average precision"], rows["micro F1"])
    assert "" == describe_untested_labels(())
    assert "a, b, c, d, e and 2 more: nothing is known of their" in describe_untested_labels("abcdefg")
