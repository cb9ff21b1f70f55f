"""Runs before the first sample counts, until the latency is steady."""

from collections.abc import Callable
from itertools import count
from statistics import median

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.benchmarks.stats.samples import Stages, Warmup

WINDOW = 8
FEWEST = 3  # queries of several images, so that a window has a median
TOLERANCE = 0.05
MIN_SECONDS = 3.0  # clocks, caches and a runtime's own first choices take about two
MAX_SECONDS = 10.0
SHORT_WARM_S = 0.5  # where many lanes are only held against one another, turn by turn
RULE = (
    f"at least {MIN_SECONDS:.0f} s, or as long as is measured, and two windows of up to {WINDOW} queries, "
    f"or images where a query holds several, each query as often in either, until their medians are within "
    f"{TOLERANCE:.0%} of one another; {MAX_SECONDS:.0f} s at most, in proportion less where less is "
    "measured, unless two windows take longer"
)


def warm_up(
    ask: Callable[[int], Stages],
    queries: int,
    clock: Clock | None = None,
    least: float = MIN_SECONDS,
    images: int = 1,
) -> Warmup:
    """Asks until steady by `RULE`.

    Each window repeats a few queries, the same in every window, so that photos of different sizes do not
    look like drift. A device so slow that two windows take longer than the limit gets these two.

    Args:
        ask: answers the query of a number.
        queries: number of different queries.
        clock: measures; None takes the machine's.
        least: seconds that it takes at least; the limit is in proportion.
        images: that a query answers; of several, fewer queries make a window.
    """
    clock = clock or SystemClock()
    limit = MAX_SECONDS * least / MIN_SECONDS
    start, most = clock.now(), max(FEWEST, WINDOW // images)
    cycled = min(most, queries)
    window = most - most % cycled
    latencies: list[float] = []
    for number in count():
        begin = clock.now()
        ask(number % cycled)
        now = clock.now()
        latencies.append(now - begin)
        steady = _steady(latencies, window)
        ended = len(latencies) >= 2 * window and now - start >= limit
        if ended or (steady and now - start >= least):
            break
    return Warmup(len(latencies), now - start, steady)


def _steady(latencies: list[float], window: int) -> bool:
    if len(latencies) < 2 * window:
        return False
    before, last = median(latencies[-2 * window : -window]), median(latencies[-window:])
    return abs(last - before) <= TOLERANCE * before
