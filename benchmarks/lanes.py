"""Several things measured in one run, taking turns, so that a machine's drift hits all of them alike."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from edgebreed.benchmarks.clock import Clock, SystemClock
from edgebreed.benchmarks.probe import Probe
from edgebreed.benchmarks.samples import Recording, Sample, Stages, Warmup
from edgebreed.benchmarks.warm_up import warm_up


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
        seconds: time to measure in each lane, probes and warm-up not counted.
        queries: number of different queries; each lane takes them in a random order, all before any again.
        seed: of the order.
        turn: queries in a row that a lane is given; the first of a turn does not count where there are
            several lanes, because it finds the caches full of another's data.
    """

    seconds: float
    queries: int
    seed: int = 0
    turn: int = 4


def measure(lanes: Sequence[Lane], plan: Plan, clock: Clock | None = None) -> list[Recording]:
    """Measures all lanes for the same time; the one with the least time measured has the next turn."""
    clock, chance = clock or SystemClock(), random.Random(plan.seed)
    tracks = [
        _Track(lane, warm_up(lane.ask, plan.queries, clock), _orders(plan.queries, chance)) for lane in lanes
    ]
    taker = Taker(clock)
    turns = list(tracks)
    while min(track.seconds for track in tracks) < plan.seconds:
        chance.shuffle(turns)
        track = min(turns, key=_seconds)
        if len(lanes) > 1:
            track.lane.ask(next(track.order))
        for _ in range(plan.turn):
            track.add(taker.take(track.lane, next(track.order)))
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

    def add(self, sample: Sample) -> None:
        self.samples.append(sample)
        self.seconds += sample.total_ms / 1e3

    def recording(self) -> Recording:
        return Recording(tuple(self.samples), self.warmup, self.lane.images)


def _seconds(track: _Track) -> float:
    return track.seconds


def _orders(queries: int, chance: random.Random) -> Iterator[int]:
    while True:
        yield from chance.sample(range(queries), queries)
