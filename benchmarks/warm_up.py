"""Runs before the first sample counts, until the latency is steady."""

from collections.abc import Callable
from itertools import count
from statistics import median

from edgebreed.benchmarks.clock import Clock, SystemClock
from edgebreed.benchmarks.samples import Stages, Warmup

WINDOW = 8
TOLERANCE = 0.05
MIN_SECONDS = 0.5
MAX_SECONDS = 5.0
RULE = (
    f"at least {MIN_SECONDS} s and {2 * WINDOW} queries, until the median of the last {WINDOW} is within "
    f"{TOLERANCE:.0%} of the {WINDOW} before; {MAX_SECONDS:.0f} s at most"
)


def warm_up(ask: Callable[[int], Stages], queries: int, clock: Clock | None = None) -> Warmup:
    """Asks until steady by `RULE`.

    Each window repeats a few queries, the same in every window, so that photos of different sizes do not
    look like drift.
    """
    clock = clock or SystemClock()
    start = clock.now()
    latencies: list[float] = []
    for number in count():
        begin = clock.now()
        ask(number % min(WINDOW, queries))
        now = clock.now()
        latencies.append(now - begin)
        steady = _steady(latencies)
        if (steady and now - start >= MIN_SECONDS) or now - start >= MAX_SECONDS:
            break
    return Warmup(len(latencies), now - start, steady)


def _steady(latencies: list[float]) -> bool:
    if len(latencies) < 2 * WINDOW:
        return False
    before, last = median(latencies[-2 * WINDOW : -WINDOW]), median(latencies[-WINDOW:])
    return abs(last - before) <= TOLERANCE * before
