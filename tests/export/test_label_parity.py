"""Exported outputs of a multi-label model against the float model's."""

import numpy as np
import pytest

from edgebreed.edge.engines import ModelOutputs
from edgebreed.export.label_parity import compare_labels
from edgebreed.export.parity import ClassLoss, misses
from edgebreed.export.recipe import FLOAT_BUDGET, INT8_BUDGET

THRESHOLDS = {"crack": 0.5, "stain": 0.4}
TARGETS = np.array([[1, 1], [1, 0], [0, 0], [0, 1]])
FLOAT = ModelOutputs(np.array([[0.9, 0.8], [0.8, 0.1], [0.2, 0.1], [0.1, 0.6]], np.float32))


def changed(row: int, label: int, probability: float) -> ModelOutputs:
    """The float model's outputs with another probability."""
    rows = FLOAT.probabilities.copy()
    rows[row, label] = probability
    return ModelOutputs(rows)


def test_the_same_outputs_agree_in_everything() -> None:
    """And miss no bound."""
    report = compare_labels("valid", FLOAT, FLOAT, TARGETS, THRESHOLDS)
    assert (4, 1.0, 0.0, 1.0, 1.0) == (
        report.n,
        report.agreement,
        report.max_error,
        report.float_top1,
        report.exported_map,
    )
    assert () == misses(report, FLOAT_BUDGET)


def test_a_label_that_is_no_longer_found_is_counted() -> None:
    """As one decision of eight, as an image whose labels are wrong, and as a loss of the label."""
    report = compare_labels("valid", FLOAT, changed(1, 0, 0.3), TARGETS, THRESHOLDS)
    assert (7 / 8, 1.0, 0.75) == (report.agreement, report.float_top1, report.exported_top1)
    assert 0.5 == pytest.approx(report.max_error)
    assert (ClassLoss("crack", 2, 1.0, 0.5),) == report.losses
    assert 0.75 == report.rejection_agreement  # nothing is found in that image any more
    assert "agreement on labels is 0.875" in " ".join(misses(report, FLOAT_BUDGET))


def test_a_loss_of_order_is_refused_though_every_decision_stands() -> None:
    """A crack that ranks below an image without one costs average precision at other thresholds."""
    worse = changed(2, 0, 0.49).probabilities.copy()
    worse[0, 0], worse[1, 0] = 0.51, 0.48
    rows = np.repeat(worse, 50, axis=0)
    before = ModelOutputs(np.repeat(FLOAT.probabilities, 50, axis=0))
    report = compare_labels(
        "valid", before, ModelOutputs(rows), np.repeat(TARGETS, 50, axis=0), {"crack": 0.2, "stain": 0.4}
    )
    assert report.map_drop > 0.05
    (missed,) = misses(report, INT8_BUDGET)
    assert missed.startswith("loss of mean average precision is 0.0833")


def test_a_probability_at_its_threshold_may_fall_to_either_side() -> None:
    """If it moved by no more than rounding."""
    at = changed(1, 0, 0.5)
    report = compare_labels("valid", at, changed(1, 0, 0.49999997), TARGETS, THRESHOLDS)
    assert (1.0, 1.0) == (report.agreement, report.rejection_agreement)


def test_json_has_the_figures_of_labels_for_multi_label_models_alone() -> None:
    """Other records stay as they were."""
    several = compare_labels("valid", FLOAT, FLOAT, TARGETS, THRESHOLDS).to_dict()
    assert (True, 1.0) == (several["multi_label"], several["float_map"])
