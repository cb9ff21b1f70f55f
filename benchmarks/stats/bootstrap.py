"""Confidence intervals by the moving-block bootstrap.

Latencies that follow one another are alike (a busy second slows all of its samples), so the resampling draws
blocks of neighbours, not single samples: the moving-block bootstrap of Künsch (1989), on a circle (Politis
and Romano 1992) so that every sample is drawn equally often.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 1000

Interval = tuple[float, float]


def percentile_interval(values: Sequence[float], percent: float, seed: int = 0) -> Interval | None:
    """The 95 % confidence interval of a percentile by nearest rank; None for fewer than two values."""
    if len(values) < 2:
        return None
    drawn = np.sort(np.asarray(values)[resample_indices(len(values), seed)], axis=1)
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return confidence_interval(drawn[:, rank - 1])


def confidence_interval(statistics: NDArray[np.float64], confidence: float = CONFIDENCE) -> Interval:
    """The central part of a statistic's values in all resamples."""
    low, high = np.quantile(statistics, ((1 - confidence) / 2, (1 + confidence) / 2))
    return float(low), float(high)


def resample_indices(count: int, seed: int) -> NDArray[np.int64]:
    """Indices of the samples in each resample, `(RESAMPLES, count) int64`, drawn in blocks."""
    length = max(1, round(math.sqrt(count)))
    starts = np.random.default_rng(seed).integers(0, count, (RESAMPLES, -(-count // length), 1))
    indices = (starts + np.arange(length)) % count
    return indices.reshape(RESAMPLES, -1)[:, :count]
