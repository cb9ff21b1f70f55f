"""Accuracy and calibration from probabilities."""

import json

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, precision_recall_fscore_support

from edgebreed.train.classification_metrics import (
    ClassScores,
    confusion,
    expected_calibration_error,
    largest_confusions,
    measure,
    topk,
)

ROWS = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]], np.float32)
LABELS = np.array([0, 1, 2, 2])


def test_accuracy_and_its_parts() -> None:
    """Three of four are right, and the third class has one of two."""
    metrics = measure(ROWS, LABELS, ("a", "b", "c"))
    assert (4, 0.75) == (metrics.n, metrics.top1)
    assert {"a": 1.0, "b": 1.0, "c": 0.5} == metrics.per_class
    assert (0.3006, 0.9544) == pytest.approx(metrics.top1_interval, abs=1e-4)
    assert ((1, 0, 0), (0, 1, 0), (0, 1, 1)) == metrics.confusion
    assert ClassScores(n=1, recall=1.0, precision=0.5, f1=2 / 3) == metrics.by_class["b"]
    assert (5 / 6, 7 / 9) == pytest.approx((metrics.balanced_accuracy, metrics.macro_f1))


def test_scores_are_those_of_scikit_learn() -> None:
    """On seven classes, all of which have images and predictions."""
    rng = np.random.default_rng(0)
    labels = np.concatenate([np.arange(7), rng.choice(7, 200, p=np.arange(1, 8) / 28)])
    rows = rng.random((207, 7)).astype(np.float32) + 0.4 * np.eye(7, dtype=np.float32)[labels]
    metrics, predicted = measure(rows, labels, tuple("abcdefg")), rows.argmax(axis=1)
    precision, recall, f1, n = precision_recall_fscore_support(labels, predicted)
    expected = list(zip(n, recall, precision, f1, strict=True))
    found = [(row.n, row.recall, row.precision, row.f1) for row in metrics.by_class.values()]
    assert np.array(expected) == pytest.approx(np.array(found))
    assert confusion_matrix(labels, predicted).tolist() == [list(row) for row in metrics.confusion]
    assert balanced_accuracy_score(labels, predicted) == pytest.approx(metrics.balanced_accuracy)
    assert f1.mean() == pytest.approx(metrics.macro_f1)


def test_a_class_without_images_is_named_and_no_mean_is_taken_without_it() -> None:
    """A set of which the small class has no test image shows nothing about it."""
    rows = np.tile(np.array([0.9, 0.1], np.float32), (30, 1))
    metrics = measure(rows, np.zeros(30, np.int64), ("good", "dent"))
    assert (1.0, ("dent",)) == (metrics.top1, metrics.untested_classes)
    assert (None, None) == (metrics.balanced_accuracy, metrics.macro_f1)
    assert {"good": 1.0} == metrics.per_class
    assert ClassScores(n=0, recall=None, precision=None, f1=None) == metrics.by_class["dent"]
    assert "NaN" not in json.dumps(metrics.to_dict())


def test_a_class_that_is_never_predicted_has_no_precision() -> None:
    """A model that always answers the large class is right in 30 of 31 and yet no better than a coin."""
    rows = np.tile(np.array([0.9, 0.1], np.float32), (31, 1))
    metrics = measure(rows, np.array([0] * 30 + [1]), ("good", "dent"))
    assert (30 / 31, 0.5) == (metrics.top1, metrics.balanced_accuracy)
    assert ClassScores(n=1, recall=0.0, precision=None, f1=0.0) == metrics.by_class["dent"]


@pytest.mark.parametrize(("classes", "top5"), [(2, None), (5, None), (6, 0.5)])
def test_the_five_likeliest_say_nothing_of_five_classes(classes: int, top5: float | None) -> None:
    """The label is always among them; with six classes it can be the sixth."""
    rows = np.tile(np.arange(classes, 0, -1, dtype=np.float32), (2, 1))
    assert top5 == measure(rows, np.array([0, classes - 1]), tuple("abcdef"[:classes])).top5


def test_top_two_holds_the_second_prediction() -> None:
    """The wrong one was the second likeliest."""
    assert 1.0 == topk(ROWS, LABELS, 2)


def test_confusion_counts_predictions_by_label() -> None:
    """One image of the third class was predicted as the second."""
    assert [[1, 0, 0], [0, 1, 0], [0, 1, 1]] == confusion(ROWS, LABELS).tolist()


def test_the_largest_confusions_come_first() -> None:
    """What is right is none, nor is what never happened."""
    counts = np.array([[9, 1, 0], [0, 9, 4], [0, 0, 9]])
    assert [(1, 2, 4), (0, 1, 1)] == largest_confusions(counts, 5)
    assert [(1, 2, 4)] == largest_confusions(counts, 1)


def test_a_sure_and_right_classifier_is_calibrated() -> None:
    """And a sure and wrong one is off by everything."""
    sure = np.eye(3, dtype=np.float32)
    assert 0.0 == pytest.approx(expected_calibration_error(sure, np.array([0, 1, 2])))
    assert 1.0 == pytest.approx(expected_calibration_error(sure, np.array([1, 2, 0])))
