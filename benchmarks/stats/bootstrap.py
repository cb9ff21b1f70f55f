"""Confidence intervals by resampling what was measured.

Latencies that follow one another are alike (a busy second is busy for all of its samples), so blocks of
neighbours are drawn, not single samples: the moving-block bootstrap of Künsch (1989), on a circle (Politis
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
    """Where a percentile lies at 95 % confidence; None for fewer than two values.

    Nearest rank, as `edgebreed.edge.percentile` has it.
    """
    if len(values) < 2:
        return None
    drawn = np.sort(np.asarray(values)[draws(len(values), seed)], axis=1)
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return interval(drawn[:, rank - 1])


def interval(statistics: NDArray[np.float64], confidence: float = CONFIDENCE) -> Interval:
    """The middle part of resampled statistics."""
    low, high = np.quantile(statistics, ((1 - confidence) / 2, (1 + confidence) / 2))
    return float(low), float(high)


def draws(count: int, seed: int) -> NDArray[np.int64]:
    """Places of the samples of each resample, `(RESAMPLES, count) int64`."""
    length = max(1, round(math.sqrt(count)))
    starts = np.random.default_rng(seed).integers(0, count, (RESAMPLES, -(-count // length), 1))
    places = (starts + np.arange(length)) % count
    return places.reshape(RESAMPLES, -1)[:, :count]
