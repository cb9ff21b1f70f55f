"""Several things measured in one run, taking turns, so that a machine's drift hits all of them alike."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.benchmarks.machine.probe import Probe
from edgebreed.benchmarks.machine.reference_work import EVERY
from edgebreed.benchmarks.scenarios.warm_up import MIN_SECONDS, warm_up
from edgebreed.benchmarks.stats.samples import Recording, Sample, Stages, Warmup

TURN = 2  # few, so that two lanes' neighbouring turns see the same machine


@dataclass(frozen=True)
class Lane:
    """Something to measure.

    Attributes:
        name: what to call it.
        ask: answers the query of a number and returns its stages in ms.
        images: images that a query answers.
    """

    name: str
    ask: Callable[[int], Stages]
    images: int = 1


@dataclass(frozen=True)
class Plan:
    """How long to measure.

    Attributes:
        seconds: time to measure in each lane; probes, references and warm-up are not counted.
        queries: number of different queries; each lane takes them in a random order, all before any again.
        seed: of the order.
        turn: queries in a row that a lane is given; the first of a turn does not count where there are
            several lanes, because it finds the caches full of another's data.
        warm_s: shortest warm-up of a lane; never longer than what is measured.
        reference: does the reference's work (see `reference`) and returns its time in ms; None leaves it out.
    """

    seconds: float
    queries: int
    seed: int = 0
    turn: int = TURN
    warm_s: float = MIN_SECONDS
    reference: Callable[[], float] | None = None


def warm(lanes: Sequence[Lane], plan: Plan, clock: Clock | None = None) -> list[Warmup]:
    """Warms each lane up."""
    least = min(plan.warm_s, plan.seconds)
    return [warm_up(lane.ask, plan.queries, clock, least, lane.images) for lane in lanes]


def measure(
    lanes: Sequence[Lane], plan: Plan, clock: Clock | None = None, warmups: Sequence[Warmup] | None = None
) -> list[Recording]:
    """Measures all lanes for the same time; the one with the least time measured has the next turn.

    Args:
        lanes: what to measure.
        plan: for how long.
        clock: measures; None takes the machine's.
        warmups: of each lane, where they have been warmed up; None does so first.
    """
    clock, chance = clock or SystemClock(), random.Random(plan.seed)
    warmups = warm(lanes, plan, clock) if warmups is None else warmups
    tracks = [
        _Track(lane, warmup, _orders(plan.queries, chance))
        for lane, warmup in zip(lanes, warmups, strict=True)
    ]
    taker = Taker(clock)
    turns = list(tracks)
    while min(track.seconds for track in tracks) < plan.seconds:
        chance.shuffle(turns)
        track = min(turns, key=_seconds)
        if len(lanes) > 1:
            track.lane.ask(next(track.order))
        for _ in range(plan.turn):
            track.add(taker.take(track.lane, next(track.order)), plan.reference)
            if track.seconds >= plan.seconds:
                break
    return [track.recording() for track in tracks]


class Taker:
    """Takes samples: the latency by the clock, and beside it what tells how it came about.

    Args:
        clock: measures.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock, self._probe, self._start = clock, Probe(), clock.now()

    def take(self, lane: Lane, query: int) -> Sample:
        """Measures one query of a lane, and then the machine's speed."""
        begin = self._clock.now()
        stages = lane.ask(query)
        end = self._clock.now()
        return Sample(query, begin - self._start, (end - begin) * 1e3, self._probe.run(), stages)


@dataclass
class _Track:
    lane: Lane
    warmup: Warmup
    order: Iterator[int]
    seconds: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    since_ms: list[float] = field(default_factory=list)  # of the samples after the last reference
    reference_ms: float = 0.0  # the last

    def add(self, sample: Sample, reference: Callable[[], float] | None) -> None:
        self.seconds += sample.total_ms / 1e3
        self.since_ms.append(sample.total_ms)
        if reference and len(self.since_ms) >= EVERY and sum(self.since_ms) >= EVERY * self.reference_ms:
            self.reference_ms = reference()
            self.since_ms.clear()
            sample = replace(sample, reference_ms=self.reference_ms)
        self.samples.append(sample)

    def recording(self) -> Recording:
        return Recording(tuple(self.samples), self.warmup, self.lane.images)


def _seconds(track: _Track) -> float:
    return track.seconds


def _orders(queries: int, chance: random.Random) -> Iterator[int]:
    while True:
        yield from chance.sample(range(queries), queries)
