"""Issues queries and records their latencies: warm-up, measurement, and what the harness itself adds.

Several workloads are measured in one run and take turns, so that a change of the machine's speed meets all of
them alike.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from statistics import median
from typing import Any

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.benchmarks.machine.reference_work import REFERENCE_INTERVAL, SpeedProbe
from edgebreed.benchmarks.stats.samples import Recording, Sample, Stages, Warmup

TURN = 2  # queries; few, so that neighbouring turns of two workloads see the same machine
WINDOW = 8
MIN_WINDOW = 3  # queries of several images, so that a window has a median
TOLERANCE = 0.05
MIN_WARM_UP_S = 3.0  # clocks, caches and a runtime's own first choices take about two
MAX_WARM_UP_S = 10.0
SHORT_WARM_UP_S = 0.5  # where many workloads are only compared with one another, turn by turn
WARM_UP_RULE = (
    f"at least {MIN_WARM_UP_S:.0f} s, or as long as is measured, and two windows of up to {WINDOW} queries, "
    f"or images where a query holds several, each query as often in either, until their medians are within "
    f"{TOLERANCE:.0%} of one another; {MAX_WARM_UP_S:.0f} s at most, in proportion less where less is "
    "measured, unless two windows take longer"
)
OVERHEAD_SAMPLES = 200


@dataclass(frozen=True)
class Workload:
    """Queries to a system under test.

    Attributes:
        name: what it is called in a report.
        issue_query: answers the query of a number and returns its stages in ms.
        images: images in each query.
    """

    name: str
    issue_query: Callable[[int], Stages]
    images: int = 1


@dataclass(frozen=True)
class Plan:
    """How long to measure, and in which order.

    Attributes:
        seconds: time to measure each workload; probes, references and warm-up are not counted.
        queries: number of different queries; each workload issues all of them in a random order before any
            again.
        seed: of the order.
        turn: queries in a row of one workload. Among several workloads the first query of a turn is not
            recorded, because it finds the caches full of another workload's data.
        warm_up_s: shortest warm-up of a workload; never longer than the measurement.
        reference: runs the `ReferenceInference` and returns its time in ms; None leaves it out.
    """

    seconds: float
    queries: int
    seed: int = 0
    turn: int = TURN
    warm_up_s: float = MIN_WARM_UP_S
    reference: Callable[[], float] | None = None


def warm_up(
    issue_query: Callable[[int], Stages],
    queries: int,
    clock: Clock | None = None,
    min_seconds: float = MIN_WARM_UP_S,
    images: int = 1,
) -> Warmup:
    """Issues queries until the latency is steady by `WARM_UP_RULE`.

    Each window repeats a few queries, the same in every window, so that images of different sizes do not
    look like drift. A device on which two windows take longer than the limit still gets these two.

    Args:
        issue_query: answers the query of a number.
        queries: number of different queries.
        clock: None takes the system's.
        min_seconds: shortest duration; the limit is in proportion to it.
        images: images in each query; with several, fewer queries make a window.
    """
    clock = clock or SystemClock()
    limit = MAX_WARM_UP_S * min_seconds / MIN_WARM_UP_S
    start, largest = clock.now(), max(MIN_WINDOW, WINDOW // images)
    cycle = min(largest, queries)
    window = largest - largest % cycle
    latencies: list[float] = []
    for number in count():
        begin = clock.now()
        issue_query(number % cycle)
        now = clock.now()
        latencies.append(now - begin)
        steady = _steady(latencies, window)
        ended = len(latencies) >= 2 * window and now - start >= limit
        if ended or (steady and now - start >= min_seconds):
            break
    return Warmup(len(latencies), now - start, steady)


def _steady(latencies: list[float], window: int) -> bool:
    if len(latencies) < 2 * window:
        return False
    before, last = median(latencies[-2 * window : -window]), median(latencies[-window:])
    return abs(last - before) <= TOLERANCE * before


def warm_up_all(workloads: Sequence[Workload], plan: Plan, clock: Clock | None = None) -> list[Warmup]:
    """Warms up each workload."""
    min_seconds = min(plan.warm_up_s, plan.seconds)
    return [
        warm_up(workload.issue_query, plan.queries, clock, min_seconds, workload.images)
        for workload in workloads
    ]


def measure(
    workloads: Sequence[Workload],
    plan: Plan,
    clock: Clock | None = None,
    warmups: Sequence[Warmup] | None = None,
) -> list[Recording]:
    """Measures all workloads for the same time; the one with the least time so far has the next turn.

    Args:
        workloads: what to measure.
        plan: for how long.
        clock: None takes the system's.
        warmups: of each workload, where they are warm already; None warms them up first.
    """
    clock, rng = clock or SystemClock(), random.Random(plan.seed)
    warmups = warm_up_all(workloads, plan, clock) if warmups is None else warmups
    series = [
        _Series(workload, warmup, _query_order(plan.queries, rng))
        for workload, warmup in zip(workloads, warmups, strict=True)
    ]
    sampler = Sampler(clock)
    candidates = list(series)
    while min(one.seconds for one in series) < plan.seconds:
        rng.shuffle(candidates)
        current = min(candidates, key=_measured_seconds)
        if len(workloads) > 1:
            current.workload.issue_query(next(current.order))
        for _ in range(plan.turn):
            current.add(sampler.sample(current.workload, next(current.order)), plan.reference)
            if current.seconds >= plan.seconds:
                break
    return [one.recording() for one in series]


class Sampler:
    """Takes samples: the latency of a query, and the machine's speed right after it.

    Args:
        clock: measures the latency.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._probe, self._start = clock, SpeedProbe(), clock.now()

    def sample(self, workload: Workload, query: int) -> Sample:
        """Issues one query of a workload."""
        begin = self._clock.now()
        stages = workload.issue_query(query)
        end = self._clock.now()
        return Sample(query, begin - self._start, (end - begin) * 1e3, self._probe.run(), stages)


@dataclass
class _Series:
    """The samples of one workload so far."""

    workload: Workload
    warmup: Warmup
    order: Iterator[int]
    seconds: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    since_reference_ms: list[float] = field(default_factory=list)  # of the samples after the last reference
    reference_ms: float = 0.0  # the last one

    def add(self, sample: Sample, reference: Callable[[], float] | None) -> None:
        self.seconds += sample.total_ms / 1e3
        self.since_reference_ms.append(sample.total_ms)
        if reference and self._reference_is_due():
            self.reference_ms = reference()
            self.since_reference_ms.clear()
            sample = replace(sample, reference_ms=self.reference_ms)
        self.samples.append(sample)

    def _reference_is_due(self) -> bool:
        waited = self.since_reference_ms
        return len(waited) >= REFERENCE_INTERVAL and sum(waited) >= REFERENCE_INTERVAL * self.reference_ms

    def recording(self) -> Recording:
        return Recording(tuple(self.samples), self.warmup, self.workload.images)


def _measured_seconds(series: _Series) -> float:
    return series.seconds


def _query_order(queries: int, rng: random.Random) -> Iterator[int]:
    while True:
        yield from rng.sample(range(queries), queries)


@dataclass(frozen=True)
class Overhead:
    """What the harness adds to each query, in ms.

    Attributes:
        inside_ms: counted in the query's latency.
        between_ms: between two queries and counted nowhere: the speed probe, without reference inferences.
    """

    inside_ms: float
    between_ms: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def measure_overhead() -> Overhead:
    """Measures an empty query by the code that measures every other."""
    clock, empty = SystemClock(), Workload("empty", lambda _: {})
    sampler = Sampler(clock)
    inside, between = [], []
    for _ in range(OVERHEAD_SAMPLES):
        start = clock.now()
        sample = sampler.sample(empty, 0)
        inside.append(sample.total_ms)
        between.append((clock.now() - start) * 1e3 - sample.total_ms)
    return Overhead(median(inside), median(between))
