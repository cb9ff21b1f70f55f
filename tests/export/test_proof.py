"""Exported answers against float ones."""

from dataclasses import replace

import numpy as np
import pytest

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.task import Rejection, RejectionScore
from edgebreed.errors import ProofError
from edgebreed.export.proof import ClassLoss, Proof, compare, misses, require
from edgebreed.export.recipe import FLOAT_BOUND, INT8_BOUND

LINE = Rejection(RejectionScore.MAX_PROBABILITY, 0.5, 0.95)
GOOD = Proof("valid", 200, 1.0, 0.0, 0.96, 0.96)


def answers(*best: int) -> ModelOutputs:
    """Two classes; 0.8 for the best of each row."""
    rows = np.full((len(best), 2), 0.2, np.float32)
    rows[range(len(best)), best] = 0.8
    return ModelOutputs(rows)


def test_agreement_error_accuracy_and_losses_are_counted() -> None:
    """Row by row, and class by class for those that lost."""
    labels = np.array([0, 0, 1, 1])
    proof = compare("test", answers(0, 0, 1, 0), answers(0, 1, 1, 1), labels, LINE, ("pug", "chow"))
    assert (4, 0.5, 0.75, 0.75) == (proof.n, proof.agreement, proof.float_top1, proof.exported_top1)
    assert 0.6 == pytest.approx(proof.max_error)
    assert (ClassLoss("pug", 2, 1.0, 0.5),) == proof.losses


def test_the_in_distribution_score_is_proved_too() -> None:
    """It decides 'unknown': the same classes with another score are another answer."""
    labels, same = np.array([0, 0, 1, 1]), answers(0, 0, 1, 1).probabilities
    known = [
        ModelOutputs(same, np.array(row, np.float32)) for row in ((0.9, 0.8, 0.3, 0.9), (0.9, 0.7, 0.3, 0.4))
    ]
    proof = compare("test", known[0], known[1], labels, Rejection(RejectionScore.IN_DISTRIBUTION, 0.5, 0.95))
    assert (1.0, 0.75) == (proof.agreement, proof.rejection_agreement)
    assert 0.5 == pytest.approx(proof.max_error)
    assert any("agreement on 'unknown' is 0.75" in missed for missed in misses(proof, INT8_BOUND))


def test_a_score_on_the_line_may_fall_to_either_side() -> None:
    """Where it moved by no more than float arithmetic moves it."""
    labels, same = np.array([0, 0]), answers(0, 0).probabilities
    known = [ModelOutputs(same, np.array(row, np.float32)) for row in ((0.5, 0.9), (0.49999997, 0.9))]
    proof = compare("test", known[0], known[1], labels, Rejection(RejectionScore.IN_DISTRIBUTION, 0.5, 0.95))
    assert 1.0 == proof.rejection_agreement


def test_intervals_go_with_the_accuracies() -> None:
    """And into the JSON."""
    proof = replace(GOOD, exported_top1=0.5)
    data = proof.to_dict()
    low, high = data["exported_interval"]
    assert low < 0.5 < high < data["float_interval"][0]
    assert 0.46 == pytest.approx(proof.drop)


def test_each_missed_bound_is_named_with_value_and_limit() -> None:
    """All of them in order, none where all hold."""
    assert () == misses(GOOD, FLOAT_BOUND)
    missed = misses(Proof("valid", 10, 0.9, 0.5, 1.0, 0.9), FLOAT_BOUND)
    assert 3 == len(missed)
    assert "largest probability difference is 0.5 on 10 valid photos, the bound is 0.0001" == missed[0]
    assert "top-1 agreement is 0.9" in missed[1]
    assert "loss of top-1 is 0.1" in missed[2]


def test_a_missed_bound_is_an_error_that_exits_1() -> None:
    """It says that nothing was written, and what writes it."""
    require(GOOD, FLOAT_BOUND, "onnx-fp32")
    with pytest.raises(ProofError, match=r"onnx-fp32: loss of top-1 is 0\.1 .*nothing was written \(--force"):
        require(replace(GOOD, exported_top1=0.86), FLOAT_BOUND, "onnx-fp32")
    assert 1 == ProofError.exit_code
