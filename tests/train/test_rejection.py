"""When to answer 'unknown'."""

import numpy as np
import pytest

from edgebreed.train.rejection import (
    MIN_VALIDATION,
    cross_validated_scores,
    fit_in_distribution,
    no_rejection,
    rejection_with_negatives,
)


def test_the_score_tells_two_clouds_apart() -> None:
    """Also on images that the fit did not see."""
    generator = np.random.default_rng(0)
    inside = generator.normal(1, 1, (300, 20)).astype(np.float32)
    outside = generator.normal(-1, 1, (60, 20)).astype(np.float32)
    score = fit_in_distribution(inside[:200], outside)
    rejection = rejection_with_negatives(
        score(inside[200:]), cross_validated_scores(inside[:200], outside, 0)
    )
    assert rejection.auroc is not None
    assert rejection.auroc > 0.99
    assert (1.0, 0.0) == pytest.approx((rejection.kept, rejection.false_positive_rate), abs=0.05)


def test_cross_validated_scores_never_saw_their_photo() -> None:
    """On pure noise they are no better than chance, where a fit on all would recognise every image."""
    generator = np.random.default_rng(1)
    inside, outside = (generator.normal(0, 1, (count, 400)).astype(np.float32) for count in (200, 100))
    seen = rejection_with_negatives(
        fit_in_distribution(inside, outside)(inside), fit_in_distribution(inside, outside)(outside)
    )
    honest = rejection_with_negatives(
        fit_in_distribution(inside, outside)(generator.normal(0, 1, (100, 400)).astype(np.float32)),
        cross_validated_scores(inside, outside, 0),
    )
    assert seen.auroc is not None
    assert honest.auroc is not None
    assert seen.auroc > 0.95
    assert abs(honest.auroc - 0.5) < 0.15


def test_too_few_validation_images_set_no_threshold() -> None:
    """And the reason names both numbers; what can be measured stays."""
    inside = np.linspace(0.8, 1, MIN_VALIDATION, dtype=np.float32)
    outside = np.linspace(0, 0.2, 20, dtype=np.float32)
    assert None is not rejection_with_negatives(inside, outside).threshold
    few = rejection_with_negatives(inside[:12], outside)
    assert (None, None, 1.0) == (few.threshold, few.kept, few.auroc)
    assert "12 validation images cannot measure a threshold: it takes 60" == few.reason


def test_no_rejection_says_why() -> None:
    """Every image is then answered with a class."""
    assert (None, "because") == (no_rejection("because").threshold, no_rejection("because").reason)
