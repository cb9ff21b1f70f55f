"""Percentiles by one stated rule."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of all values do not exceed (nearest rank).

    No interpolation: the answer is a value that was measured.

    Raises:
        ValueError: there are no values, or `percent` is not in 0..100.
    """
    if not values or not 0 <= percent <= 100:
        raise ValueError(f"percentile {percent} of {len(values)} values: need values and 0..100")
    rank = max(1, math.ceil(percent / 100 * len(values)))
    return float(sorted(values)[rank - 1])


def summary(values: Sequence[float], percents: Sequence[int] = (50, 90, 95, 99)) -> dict[str, float] | None:
    """Percentiles, mean and maximum; None where there are no values."""
    if not values:
        return None
    points = {f"p{percent}": percentile(values, percent) for percent in percents}
    return {**points, "mean": sum(values) / len(values), "max": max(values)}
