"""Confidence intervals by resampling."""

import numpy as np
import pytest

from edgebreed.benchmarks.stats.bootstrap import (
    RESAMPLES,
    confidence_interval,
    percentile_interval,
    resample_indices,
)


@pytest.mark.slow
def test_an_interval_contains_the_percentile_as_often_as_it_says() -> None:
    """The true median of drawn latencies, in about 95 of 100 runs."""
    generator = np.random.default_rng(1)
    runs = [generator.exponential(10.0, 200) for _ in range(200)]
    intervals = [percentile_interval(list(run), 50) for run in runs]
    held = sum(low <= 10 * np.log(2) <= high for low, high in filter(None, intervals))
    assert 180 <= held <= 200


def test_neighbours_that_are_alike_widen_it() -> None:
    """Twenty levels are twenty independent values, not four hundred."""
    generator = np.random.default_rng(2)
    levels = np.repeat(generator.normal(10, 1, 20), 20)
    shuffled = generator.permutation(levels)
    widths = [
        high - low
        for low, high in filter(None, (percentile_interval(list(v), 50) for v in (levels, shuffled)))
    ]
    assert widths[0] > 1.5 * widths[1]


def test_every_sample_is_drawn_as_often() -> None:
    """Blocks run over the end."""
    drawn = resample_indices(50, seed=0)
    assert (RESAMPLES, 50) == drawn.shape
    counts = np.bincount(drawn.ravel(), minlength=50)
    assert counts.max() < 1.2 * counts.mean()
    assert counts.min() > 0.8 * counts.mean()


def test_the_middle_of_resampled_values() -> None:
    """95 of 100 by default; one value has no interval."""
    assert (2.5, 97.5) == pytest.approx(confidence_interval(np.arange(101.0)))
    assert None is percentile_interval([3.0], 50)
