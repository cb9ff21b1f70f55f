"""MLPerf's early-stopping estimate of a percentile: an upper bound from few queries.

From n queries, take the largest t for which P(Binomial(n, 1 - p) <= t) is at most 1 - c. The t - 1 slowest
queries are discarded, and the slowest of the rest is the estimate; with confidence c the true percentile is
not above it. Source: MLPerf Inference rules, "Early Stopping", with c = 0.99 and tolerance d = 0 as LoadGen
has them. LoadGen has no wheel for ARM, so the rule is implemented here.
"""

import math
from collections.abc import Sequence

CONFIDENCE = 0.99


def discardable(count: int, percent: float, confidence: float = CONFIDENCE) -> int | None:
    """How many of the slowest queries the estimate may discard.

    Args:
        count: number of queries.
        percent: percentile in 0..100, for instance 90.
        confidence: probability that the true percentile is not above the estimate.

    Returns:
        0 or more; None where the queries are too few for this percentile.
    """
    share = 1 - percent / 100
    total, slowest = 0.0, 0
    while slowest <= count:
        total += _binomial(count, slowest, share)
        if total > 1 - confidence:
            break
        slowest += 1
    return slowest - 2 if slowest >= 2 else None


def early_stopping_estimate(latencies_ms: Sequence[float], percent: float) -> float | None:
    """The estimate of a percentile in ms; None where there are too few latencies."""
    discarded = discardable(len(latencies_ms), percent)
    return None if discarded is None else float(sorted(latencies_ms)[-1 - discarded])


def min_queries(percent: float) -> int:
    """The smallest number of queries that gives an estimate: 64 for p90, 662 for p99."""
    count = 1
    while discardable(count, percent) is None:
        count += 1
    return count


def _binomial(count: int, hits: int, share: float) -> float:
    """Probability of exactly `hits` among `count`, through logarithms because it may be tiny."""
    log_binomial = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return math.exp(log_binomial + hits * math.log(share) + (count - hits) * math.log1p(-share))
