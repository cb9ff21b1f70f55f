"""Thresholds of labels, chosen on validation images."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from edgebreed.train.label_threshold_fit import (
    CEILING,
    FLOOR,
    best_f1_threshold,
    fit_label_thresholds,
)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_threshold_has_a_larger_f1(seed: int) -> None:
    """Among all that separate two scores, and scikit-learn counts."""
    rng = np.random.default_rng(seed)
    positive = (rng.random(200) < 0.3).astype(np.int64)
    scores = np.clip(0.5 * positive + rng.normal(0.25, 0.2, 200), 0.1, 0.9).astype(np.float32)
    chosen = best_f1_threshold(scores, positive)
    others = [f1_score(positive, scores >= value) for value in np.unique(scores)]
    assert f1_score(positive, scores >= chosen) == pytest.approx(max(others))


def test_a_threshold_lies_half_way_between_two_scores() -> None:
    """So that another processor's rounding moves no image over it; equal scores are not parted."""
    positive = np.array([1, 1, 0, 0])
    assert 0.6 == pytest.approx(best_f1_threshold(np.array([0.9, 0.8, 0.4, 0.1], np.float32), positive))
    tied = np.array([0.9, 0.4, 0.4, 0.1], np.float32)
    assert 0.25 == pytest.approx(best_f1_threshold(tied, positive))


def test_a_threshold_stays_within_its_bounds() -> None:
    """Whatever the scores."""
    positive = np.array([1, 0])
    assert FLOOR == best_f1_threshold(np.array([0.01, 0.001], np.float32), positive)
    assert CEILING == best_f1_threshold(np.array([0.99, 0.98], np.float32), positive)


def test_too_few_images_leave_a_label_at_a_half() -> None:
    """Which is said, with their number."""
    targets = np.array([[1, 1]] * 3 + [[1, 0]] * 9 + [[0, 0]] * 8)
    probabilities = np.where(targets, 0.3, 0.1).astype(np.float32)
    fitted = fit_label_thresholds(probabilities, targets, ("crack", "rust"))
    assert [0.2, 0.5] == pytest.approx(list(fitted.values))
    assert "fewer than 10 validation images show rust (3)" in fitted.reason
    assert "so it is 0.5" in fitted.reason


def test_probabilities_that_are_no_numbers_choose_no_threshold() -> None:
    """As those of a fit that diverged."""
    fitted = fit_label_thresholds(np.full((20, 1), np.nan, np.float32), np.ones((20, 1), int), ("crack",))
    assert (0.5,) == fitted.values
