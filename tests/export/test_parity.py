"""Exported outputs against the float model's."""

from dataclasses import replace

import numpy as np
import pytest

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.errors import ProofError
from edgebreed.export.parity import (
    ClassLoss,
    ParityReport,
    compare,
    misses,
    require,
    too_few_images,
)
from edgebreed.export.recipe import FLOAT_BUDGET, HALF_BUDGET, INT8_BUDGET, AccuracyBudget

REJECTION = Rejection(RejectionScore.MAX_PROBABILITY, 0.5, 0.95)
GOOD = ParityReport("valid", 200, 1.0, 0.0, 0.96, 0.96)


def outputs(*best: int) -> ModelOutputs:
    """Two classes; 0.8 for the best of each row."""
    rows = np.full((len(best), 2), 0.2, np.float32)
    rows[range(len(best)), best] = 0.8
    return ModelOutputs(rows)


def test_agreement_error_accuracy_and_losses_are_counted() -> None:
    """Over all images, and by class for the classes that lost."""
    labels = np.array([0, 0, 1, 1])
    report = compare("test", outputs(0, 0, 1, 0), outputs(0, 1, 1, 1), labels, REJECTION, ("disc", "star"))
    assert (4, 0.5, 0.75, 0.75) == (report.n, report.agreement, report.float_top1, report.exported_top1)
    assert 0.6 == pytest.approx(report.max_error)
    assert (ClassLoss("disc", 2, 1.0, 0.5),) == report.losses


def test_the_in_distribution_score_is_compared_too() -> None:
    """It decides what is unknown: the same class with another score is another answer."""
    labels, same = np.array([0, 0, 1, 1]), outputs(0, 0, 1, 1).probabilities
    scored = [
        ModelOutputs(same, np.array(row, np.float32)) for row in ((0.9, 0.8, 0.3, 0.9), (0.9, 0.4, 0.3, 0.4))
    ]
    report = compare(
        "test", scored[0], scored[1], labels, Rejection(RejectionScore.IN_DISTRIBUTION, 0.5, 0.95)
    )
    assert (1.0, 0.5) == (report.agreement, report.rejection_agreement)
    assert 0.5 == pytest.approx(report.max_error)
    assert any("agreement on 'unknown' is 0.5" in missed for missed in misses(report, INT8_BUDGET))


def test_a_score_at_the_threshold_may_fall_to_either_side() -> None:
    """If it moved by no more than rounding."""
    labels, same = np.array([0, 0]), outputs(0, 0).probabilities
    scored = [ModelOutputs(same, np.array(row, np.float32)) for row in ((0.5, 0.9), (0.49999997, 0.9))]
    report = compare(
        "test", scored[0], scored[1], labels, Rejection(RejectionScore.IN_DISTRIBUTION, 0.5, 0.95)
    )
    assert 1.0 == report.rejection_agreement


def test_accuracies_have_intervals() -> None:
    """Also in the JSON."""
    report = replace(GOOD, exported_top1=0.5)
    data = report.to_dict()
    low, high = data["exported_interval"]
    assert low < 0.5 < high < data["float_interval"][0]
    assert 0.46 == pytest.approx(report.drop)


def test_each_missed_bound_is_named_with_value_and_limit() -> None:
    """In order; none where all hold."""
    assert () == misses(GOOD, FLOAT_BUDGET)
    missed = misses(ParityReport("valid", 10, 0.9, 0.5, 1.0, 0.9), FLOAT_BUDGET)
    assert 3 == len(missed)
    assert "largest probability difference is 0.5 on 10 valid images, the bound is 0.0001" == missed[0]
    assert "top-1 agreement is 0.9" in missed[1]
    assert "loss of top-1 is 0.1" in missed[2]


def lost(n: int, images: int) -> ParityReport:
    """A report on n images, so many of which the exported file lost and answered as unknown."""
    share = 1 - images / n
    return ParityReport("valid", n, share, 0.01, 1.0, share, rejection_agreement=share)


@pytest.mark.parametrize("budget", [HALF_BUDGET, INT8_BUDGET])
def test_one_image_may_be_lost_where_a_loss_is_allowed_at_all(budget: AccuracyBudget) -> None:
    """Shares of 12 images change in steps of 8.3 points: a bound of 0.5 would refuse a file for one image."""
    assert () == misses(lost(12, images=1), budget)
    missed = misses(lost(12, images=2), budget)
    assert ["top-1 agreement", "agreement on 'unknown'", "loss of top-1"] == [
        m.split(" is ")[0] for m in missed
    ]
    assert "loss of top-1 is 0.1667 on 12 valid images, the bound is 0.08333" == missed[2]


def test_a_loss_of_exactly_0_allows_no_image() -> None:
    """fp32 must not change a single answer, nor an int8 file that was asked for `--max-drop 0`."""
    for budget in (FLOAT_BUDGET, INT8_BUDGET.with_drop(0)):
        assert 3 <= len(misses(lost(12, images=1), budget))


def test_enough_images_are_held_to_the_budget_itself() -> None:
    """0.5 points of 1000 images are 5."""
    assert () == misses(lost(1000, images=5), INT8_BUDGET)
    (missed,) = misses(lost(1000, images=6), INT8_BUDGET)
    assert "loss of top-1 is 0.006 on 1000 valid images, the bound is 0.005" == missed


def test_what_cannot_be_measured_is_said() -> None:
    """Where a bound is finer than one image."""
    sentence = "12 images: one is 8.3 points; a loss below that cannot be measured"
    assert sentence == too_few_images(12, INT8_BUDGET)
    assert too_few_images(200, INT8_BUDGET) is None
    assert too_few_images(12, FLOAT_BUDGET) is None


def test_a_missed_bound_is_an_error_that_exits_1() -> None:
    """It says that nothing was written, and how to write it anyway."""
    require(GOOD, FLOAT_BUDGET, "onnx-fp32")
    with pytest.raises(ProofError, match=r"onnx-fp32: loss of top-1 is 0\.1 .*nothing was written \(--force"):
        require(replace(GOOD, exported_top1=0.86), FLOAT_BUDGET, "onnx-fp32")
    assert 1 == ProofError.exit_code
