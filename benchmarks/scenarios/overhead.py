"""What the harness itself costs."""

from dataclasses import dataclass
from statistics import median

from edgebreed.benchmarks.machine.clock import SystemClock
from edgebreed.benchmarks.scenarios.workload import Lane, Taker

SAMPLES = 200


@dataclass(frozen=True)
class Overhead:
    """Of each query, in ms.

    Attributes:
        inside_ms: what is counted into its latency.
        between_ms: what passes between two queries and is counted nowhere: the probe, without references.
    """

    inside_ms: float
    between_ms: float


def overhead() -> Overhead:
    """Measures a query that does nothing, by the same code as any other."""
    clock, nothing = SystemClock(), Lane("nothing", lambda _: {})
    taker = Taker(clock)
    inside, between = [], []
    for _ in range(SAMPLES):
        start = clock.now()
        sample = taker.take(nothing, 0)
        inside.append(sample.total_ms)
        between.append((clock.now() - start) * 1e3 - sample.total_ms)
    return Overhead(median(inside), median(between))
