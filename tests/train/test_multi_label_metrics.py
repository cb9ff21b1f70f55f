"""Accuracy of a multi-label classifier, beside scikit-learn's."""

import json
import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, precision_score, recall_score

from edgebreed.edge.accuracy import wilson_interval
from edgebreed.train.multi_label_metrics import MultiLabelMetrics, average_precision, measure_labels

LABELS = ("crack", "dent", "stain")
THRESHOLDS = (0.5, 0.4, 0.6)


TARGETS = (np.random.default_rng(0).random((80, 3)) < 0.3).astype(np.int64)
NOISE = np.random.default_rng(1).normal(0.3, 0.2, TARGETS.shape)
PROBABILITIES = np.clip(0.4 * TARGETS + NOISE, 0, 1).round(2).astype(np.float32)
"""Those of a model that is often right; rounded, so that some are equal."""


def test_every_figure_is_that_of_scikit_learn() -> None:
    """Average precision with equal scores, precision, recall and F1, by label and over all."""
    metrics = measure_labels(PROBABILITIES, TARGETS, LABELS, THRESHOLDS)
    found = (PROBABILITIES >= np.array(THRESHOLDS, np.float32)).astype(int)
    assert metrics.mean_average_precision == pytest.approx(average_precision_score(TARGETS, PROBABILITIES))
    assert metrics.subset_accuracy == pytest.approx(accuracy_score(TARGETS, found))
    assert metrics.micro_f1 == pytest.approx(f1_score(TARGETS, found, average="micro"))
    assert metrics.macro_f1 == pytest.approx(f1_score(TARGETS, found, average="macro"))
    for at, scores in enumerate(metrics.by_label.values()):
        columns = (TARGETS[:, at], found[:, at])
        expected = [score(*columns) for score in (precision_score, recall_score, f1_score)]
        assert expected == pytest.approx([scores.precision, scores.recall, scores.f1])
        assert scores.recall_interval == wilson_interval(scores.hits, scores.n)


def test_a_label_without_an_image_is_left_out_of_the_mean() -> None:
    """And named; without any, nothing is known."""
    rows, shown = np.array([[0.9, 0.1], [0.2, 0.3]], np.float32), np.array([[1, 0], [0, 0]])
    metrics = measure_labels(rows, shown, ("crack", "rust"), (0.5, 0.5))
    assert (1.0, ("rust",), None) == (
        metrics.mean_average_precision,
        metrics.untested_labels,
        metrics.macro_f1,
    )
    nothing = measure_labels(rows, 0 * shown, ("crack", "rust"), (0.5, 0.5))
    assert (None, None, 0.5) == (nothing.mean_average_precision, nothing.micro_f1, nothing.subset_accuracy)


def test_probabilities_that_are_no_numbers_have_no_precision() -> None:
    """Nor a calibration error."""
    rows = np.full((2, 1), np.nan, np.float32)
    assert None is average_precision(rows[:, 0], np.array([True, False]))
    assert math.isnan(measure_labels(rows, np.array([[1], [0]]), ("crack",), (0.5,)).ece)


def test_certain_and_right_is_calibrated() -> None:
    """Certain and wrong of half of the pairs is not."""
    right = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    assert 0.0 == measure_labels(right, right.astype(np.int64), LABELS[:2], (0.5, 0.5)).ece
    wrong = np.array([[1, 0], [1, 0]])
    assert 0.5 == measure_labels(right, wrong, LABELS[:2], (0.5, 0.5)).ece


def test_metrics_are_json() -> None:
    """With the labels by name."""
    metrics: MultiLabelMetrics = measure_labels(PROBABILITIES, TARGETS, LABELS, THRESHOLDS)
    data = json.loads(json.dumps(metrics.to_dict()))
    assert list(LABELS) == list(data["by_label"])
    assert {"average_precision", "recall_interval", "threshold", "n"} <= set(data["by_label"]["crack"])
