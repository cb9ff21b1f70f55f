"""Accuracy and calibration from probabilities."""

import numpy as np
import pytest

from edgebreed.train.classification_metrics import confusion, expected_calibration_error, measure, topk

ROWS = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], np.float32)
LABELS = np.array([0, 1, 2, 2])


def test_accuracy_and_its_parts() -> None:
    """Three of four are right, and the third class has one of two."""
    metrics = measure(ROWS, LABELS, ("a", "b", "c"))
    assert (4, 0.75, 1.0) == (metrics.n, metrics.top1, metrics.top5)
    assert {"a": 1.0, "b": 1.0, "c": 0.5} == metrics.per_class


def test_top_two_holds_the_second_prediction() -> None:
    """The wrong one was the second likeliest."""
    assert 1.0 == topk(ROWS, LABELS, 2)


def test_confusion_counts_predictions_by_label() -> None:
    """One image of the third class was predicted as the second."""
    assert [[1, 0, 0], [0, 1, 0], [0, 1, 1]] == confusion(ROWS, LABELS).tolist()


def test_a_sure_and_right_classifier_is_calibrated() -> None:
    """And a sure and wrong one is off by everything."""
    sure = np.eye(3, dtype=np.float32)
    assert 0.0 == pytest.approx(expected_calibration_error(sure, np.array([0, 1, 2])))
    assert 1.0 == pytest.approx(expected_calibration_error(sure, np.array([1, 2, 0])))
