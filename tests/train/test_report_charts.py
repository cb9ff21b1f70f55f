"""The charts of a run's report."""

import math
import re

import numpy as np
import pytest

from edgebreed.train.report_charts import (
    confidence_chart,
    curve_chart,
    matrix_chart,
    reliability,
    reliability_chart,
)

from .report_run import HISTORY, classified


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_a_curve_has_a_line_each_for_training_and_validation(measure: str) -> None:
    """With a dot an epoch, and whole epochs on the axis."""
    chart = curve_chart(HISTORY, measure, "fine-tuning: ")
    assert 2 == chart.count("<path")
    assert 6 == chart.count("<circle")
    assert "fine-tuning: " in chart
    assert ">1.5</text>" not in chart.split('text-anchor="middle"')[1]


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [0.5], "val_loss": [0.4], "accuracy": [1.0], "val_accuracy": [1.0]},
        {"loss": [math.nan, 0.5], "val_loss": [math.inf, math.nan], "accuracy": [0.0, 0.0]},
        {"loss": [0.0, 0.0], "val_loss": [0.0, 0.0], "accuracy": [], "val_accuracy": []},
        {name: [1.0] * 500 for name in HISTORY},
    ],
)
def test_any_history_is_drawn(history: dict[str, list[float]]) -> None:
    """One epoch, a fit that diverged, one that was perfect, one of hundreds of epochs."""
    for measure in ("loss", "accuracy"):
        chart = curve_chart(history, measure)
        assert chart.startswith("<svg")
        assert not re.search(r"\b(nan|inf)\b", chart)


def test_accuracy_is_measured_in_bins_of_confidence() -> None:
    """0.9 is right; 0.8 and 0.7 are wrong. Only bins with images are there."""
    found = [tuple(round(value, 3) for value in one) for one in reliability(classified((0, 0, 0)))]
    assert [(0.7, 0.0, 1), (0.8, 0.0, 1), (0.9, 1.0, 1)] == sorted(found)
    chart = reliability_chart(classified((0, 0, 0)))
    assert 3 == chart.count("<circle")
    assert "1 images: confidence 90.0%, accuracy 100.0%" in chart


def test_confidences_are_counted_right_and_wrong() -> None:
    """All of them are in a bar, also a confidence of 1."""
    rows = np.array([[1.0, 0.0], [0.1, 0.9], [0.35, 0.65]], np.float32)
    bars = re.findall(r"<title>(\d+) right, (\d+) wrong", confidence_chart(classified((0, 0, 1), rows)))
    assert (2, 1) == (sum(int(right) for right, _ in bars), sum(int(wrong) for _, wrong in bars))
    assert ("1", "1") == bars[-1]


@pytest.mark.parametrize("known", [[[0.9, 0.1]], [[math.nan, math.nan]]])
def test_probabilities_that_are_no_numbers_are_not_drawn(known: list[list[float]]) -> None:
    """A network that diverged gives them; the charts show the other images, if there are any."""
    tested = classified((0, 0), np.array([*known, [math.nan, math.nan]], np.float32))
    for chart in (confidence_chart(tested), reliability_chart(tested)):
        assert not re.search(r"\b(nan|inf)\b", chart)
    assert len(reliability(tested)) == sum(map(math.isfinite, known[0])) // 2


def test_a_large_matrix_has_a_dot_for_each_confused_pair() -> None:
    """Named under the pointer."""
    names = tuple(f"class {number}" for number in range(150))
    chart = matrix_chart(classified((0, 0, 0), names=names))
    assert 1 == chart.count("<circle")
    assert "class 0 taken for class 1: 2" in chart
