"""When to answer 'unknown'."""

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.train.rejection import (
    MIN_VALIDATION,
    InDistributionScore,
    choose_threshold,
    fit_rejection,
    measured_rejection,
    no_rejection,
)

Floats = NDArray[np.float32]
WIDTH = 20


def cloud(rng: np.random.Generator, centre: float, *shape: int) -> Floats:
    """Normal features round a centre."""
    return rng.normal(centre, 1, (*shape, WIDTH)).astype(np.float32)


def test_the_score_tells_two_clouds_apart() -> None:
    """Also images that the fit did not see; its threshold is a half and lets 2 % of negatives through."""
    rng = np.random.default_rng(0)
    fitted = fit_rejection(cloud(rng, 1, 300), cloud(rng, 1, 100), cloud(rng, -1, 100, 3), 0)
    assert (0.5, 100) == (fitted.rejection.threshold, fitted.rejection.negatives)
    assert fitted.rejection.auroc is not None
    assert fitted.rejection.auroc > 0.99
    assert (1.0, 0.0) == pytest.approx(
        (fitted.rejection.kept, fitted.rejection.false_positive_rate), abs=0.05
    )
    assert (fitted.score(cloud(rng, 1, 100)) >= 0.5).mean() > 0.95
    assert (fitted.score(cloud(rng, -1, 100)) < 0.5).mean() > 0.95
    assert 0.95 < np.median(fitted.score(cloud(rng, 1, 200))) < 0.995


def test_what_every_class_has_in_common_weighs_most() -> None:
    """A class that nobody trained on is known by what the known ones share."""
    rng = np.random.default_rng(0)
    classes = [rng.normal(0, 6, WIDTH) * (np.arange(WIDTH) >= 4) for _ in range(9)]
    shared = 3.0 * (np.arange(WIDTH) < 4)
    images = [cloud(rng, 0, 60) + (centre + shared).astype(np.float32) for centre in classes]
    fitted = fit_rejection(np.concatenate(images[:6]), np.concatenate(images[6:8]), cloud(rng, 0, 80, 2), 0)
    assert (fitted.score(images[8]) >= 0.5).mean() > 0.9


def test_negatives_that_show_a_class_are_left_out() -> None:
    """And named by their place; the others are fitted on."""
    rng = np.random.default_rng(1)
    negatives = cloud(rng, -1, 60, 2)
    negatives[[7, 30]] = cloud(rng, 1, 2, 2)
    fitted = fit_rejection(cloud(rng, 1, 300), cloud(rng, 1, 100), negatives, 0)
    assert [7, 30] == np.flatnonzero(~fitted.used).tolist()
    assert 58 == fitted.rejection.negatives


@pytest.mark.slow
def test_scores_of_negatives_come_from_fits_that_did_not_see_them() -> None:
    """On pure noise nothing is told apart, where a fit on all would know every image: no threshold then."""
    rng = np.random.default_rng(1)
    noise = [rng.normal(0, 1, (count, 400)).astype(np.float32) for count in (200, 100, 100)]
    rejection = fit_rejection(noise[0], noise[1], noise[2][:, None], 0).rejection
    assert rejection.auroc is not None
    assert abs(rejection.auroc - 0.5) < 0.15
    assert None is rejection.threshold
    assert "the negatives look like the classes, or are too few: to keep 95%" in rejection.reason


def test_the_threshold_bounds_false_positives_unless_it_withheld_too_much() -> None:
    """Two of a hundred negatives may pass; where that would cost more than 5 % of images, 95 % are kept."""
    outside = np.linspace(-1, 0, 100, dtype=np.float32)
    apart = choose_threshold(np.linspace(1, 2, 100, dtype=np.float32), outside)
    assert 2 == (outside >= apart).sum()
    mixed = np.linspace(-0.5, 2, 100, dtype=np.float32)
    threshold = choose_threshold(mixed, outside)
    assert 0.95 <= (mixed >= threshold).mean() <= 0.96
    assert (outside >= threshold).sum() > 2


def test_too_few_validation_images_set_no_threshold() -> None:
    """The reason names both numbers and what can be done; what can be measured stays."""
    inside, outside = np.linspace(0.8, 1, MIN_VALIDATION), np.linspace(-1, -0.2, 20)
    enough = measured_rejection(inside.astype(np.float32), outside.astype(np.float32))
    assert (0.5, 1.0, 0.0) == (enough.threshold, enough.kept, enough.false_positive_rate)
    few = measured_rejection(inside[:12].astype(np.float32), outside.astype(np.float32))
    assert (None, None, 1.0) == (few.threshold, few.kept, few.auroc)
    assert "12 validation images cannot measure a threshold: it takes 60; --unknown-below 0.5" in few.reason


@pytest.mark.parametrize(("passing", "negatives", "known"), [(0, 5, True), (1, 5, False), (8, 20, False)])
def test_few_negatives_set_a_threshold_only_if_it_can_be_measured(
    passing: int, negatives: int, known: bool
) -> None:
    """One of five that passes may as well mean that most others do; the reason holds the figures."""
    inside = np.linspace(0, 1, 100).astype(np.float32)
    outside = np.array([0.5] * passing + [-1] * (negatives - passing), np.float32)
    found = measured_rejection(inside, outside)
    assert known == (found.threshold is not None)
    share = passing / negatives
    assert known or f"{share:.0%} of {negatives} negatives would pass, and up to" in found.reason


def test_negatives_most_of_which_show_a_class_set_no_threshold() -> None:
    """The few that are left are mostly classes too, which the fit failed to recognise."""
    rng = np.random.default_rng(1)
    negatives = cloud(rng, -1, 60, 2)
    negatives[:50] = cloud(rng, 1, 50, 2)
    found = fit_rejection(cloud(rng, 1, 300), cloud(rng, 1, 100), negatives, 0)
    assert found.rejection.threshold is None
    assert "of the negatives look like the classes, and a threshold is fitted where at most 75%" in (
        found.rejection.reason
    )


def test_a_threshold_that_withholds_the_classes_is_not_handed_over() -> None:
    """Where negatives score above the validation images; the reason holds both shares."""
    inside, outside = np.linspace(-1, 0.1, 100), np.linspace(-1, -0.2, 20)
    found = measured_rejection(inside.astype(np.float32), outside.astype(np.float32))
    assert (None, None, None) == (found.threshold, found.kept, found.false_positive_rate)
    assert "would withhold 90% of validation images, and at most 5% are allowed; give other" in found.reason


def test_a_score_far_from_the_threshold_is_no_overflow() -> None:
    """A strange image can be hundreds of logits away."""
    score = InDistributionScore(np.array([1.0], np.float32), 0.0)
    assert [0.0, 0.5, 1.0] == score(np.array([[-500], [0], [500]], np.float32)).tolist()


def test_no_rejection_says_why() -> None:
    """Every image is then answered with a class."""
    assert (None, "because") == (no_rejection("because").threshold, no_rejection("because").reason)
