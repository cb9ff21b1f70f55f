"""Signal-to-noise ratios."""

import numpy as np
import pytest

from edgebreed.export.noise import NOISELESS_DB, answers_db, powers, ratio_db


@pytest.mark.parametrize(
    ("signal", "noise", "expected"),
    [(100.0, 1.0, 20.0), (1.0, 1.0, 0.0), (1.0, 0.0, NOISELESS_DB), (0.0, 1.0, -NOISELESS_DB)],
)
def test_decibels(signal: float, noise: float, expected: float) -> None:
    """20 for a hundredth of the power; finite where there is no noise or nothing else."""
    assert expected == pytest.approx(ratio_db(signal, noise))


def test_powers_are_sums_of_squares() -> None:
    """Of the reference, and of what differs from it."""
    assert (25.0, 1.0) == powers(np.array([3.0, 4.0]), np.array([3.0, 5.0]))


def test_answers_are_compared_by_their_logits() -> None:
    """A tenth off in every logit is the same at 0.5 as at 0.999."""
    logits = np.array([[2.0, 0.0, -2.0], [7.0, 0.0, -7.0]])

    def softmax(rows: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True))

    near = [answers_db(softmax(row[None]), softmax(row[None] * 1.1)) for row in logits]
    assert [20.0, 20.0] == pytest.approx(near, abs=0.2)
