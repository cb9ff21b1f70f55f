"""Honest probabilities, and the line to everything else."""

import numpy as np
import pytest

from edgebreed.train.calibration import (
    cross_validated_scores,
    fit_known,
    fit_temperature,
    rejection_with_negatives,
    rejection_without_negatives,
)
from edgebreed.train.metrics import softmax


def test_the_temperature_undoes_overconfidence() -> None:
    """Labels drawn from the true probabilities give back the factor that the logits were multiplied by."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (4000, 5)).astype(np.float32)
    labels = np.array([generator.choice(5, p=row / row.sum()) for row in softmax(logits).astype(float)])
    assert 3.0 == pytest.approx(fit_temperature(3 * logits, labels), rel=0.1)


def test_known_tells_two_clouds_apart() -> None:
    """Also photos that the fit did not see."""
    generator = np.random.default_rng(0)
    inside = generator.normal(1, 1, (300, 20)).astype(np.float32)
    outside = generator.normal(-1, 1, (60, 20)).astype(np.float32)
    score = fit_known(inside[:200], outside)
    rejection = rejection_with_negatives(
        score(inside[200:]), cross_validated_scores(inside[:200], outside, 0)
    )
    assert rejection.auroc is not None
    assert rejection.auroc > 0.99
    assert (1.0, 0.0) == pytest.approx((rejection.kept, rejection.false_positive_rate), abs=0.05)


def test_cross_validated_scores_never_saw_their_photo() -> None:
    """On pure noise they are no better than chance, where a fit on all would know every photo."""
    generator = np.random.default_rng(1)
    inside, outside = (generator.normal(0, 1, (count, 400)).astype(np.float32) for count in (200, 100))
    seen = rejection_with_negatives(fit_known(inside, outside)(inside), fit_known(inside, outside)(outside))
    honest = rejection_with_negatives(
        fit_known(inside, outside)(generator.normal(0, 1, (100, 400)).astype(np.float32)),
        cross_validated_scores(inside, outside, 0),
    )
    assert seen.auroc is not None
    assert honest.auroc is not None
    assert seen.auroc > 0.95
    assert abs(honest.auroc - 0.5) < 0.15


def test_without_negatives_95_of_100_are_kept() -> None:
    """By the largest probability."""
    rows = np.stack([np.linspace(0.5, 1, 100), 1 - np.linspace(0.5, 1, 100)], axis=1).astype(np.float32)
    rejection = rejection_without_negatives(rows)
    assert 0.95 <= rejection.kept <= 0.96
    assert (None, 0) == (rejection.auroc, rejection.negatives)
