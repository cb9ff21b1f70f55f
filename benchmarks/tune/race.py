"""Finds the fastest of many with little time: heats that the slow ones leave early, then a final.

Only a few are open at once, so that a small device's memory holds them. In each heat the fastest so far
runs again beside three others, in turns: every ratio is taken against it at the same time, so that a
machine which slows down during the race wrongs nobody. The idea is successive halving (Jamieson and
Talwalkar 2016), with the time of a heat shared out alike.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from typing import Generic, TypeVar

from edgebreed.benchmarks.clock import Clock
from edgebreed.benchmarks.lanes import Lane, Plan, measure
from edgebreed.benchmarks.samples import Recording
from edgebreed.errors import EngineError, MissingExtraError

HEAT = 4  # candidates open at once
FINAL = 3
CLOSE = 1.25  # by how much slower than the fastest a candidate may be and still reach the final
FINAL_SHARE = 0.5  # of the time

Entry = TypeVar("Entry")
Opener = Callable[[Entry], Lane]


@dataclass(frozen=True)
class Standing(Generic[Entry]):
    """How an entry did.

    Attributes:
        entry: the candidate.
        ratio: its median by the winner's, from turns beside it; 1 is the winner.
        p50_ms: its median in its last heat, in ms.
        samples: of its last heat.
        final: whether it came to the final.
        recording: of its last heat.
    """

    entry: Entry
    ratio: float
    p50_ms: float
    samples: int
    final: bool
    recording: Recording


@dataclass(frozen=True)
class Race(Generic[Entry]):
    """What to race with.

    Attributes:
        opener: makes a lane of an entry; its engine is freed with the lane.
        queries: number of different frames.
        seconds: time for everything, warm-ups not counted.
        clock: measures; None takes the machine's.
    """

    opener: Opener[Entry]
    queries: int
    seconds: float
    clock: Clock | None = None

    def run(self, entries: Sequence[Entry]) -> list[Standing[Entry]]:
        """Races all entries; those that do not open are left out.

        Returns:
            Standings, fastest first.
        """
        heats = max(1, -(-max(0, len(entries) - 1) // (HEAT - 1)))
        share = self.seconds * (1 - FINAL_SHARE) / heats
        standings: list[Standing[Entry]] = []
        waiting = list(entries)
        while waiting:
            champion = [min(standings, key=_ratio).entry] if standings else []
            size = HEAT - len(champion)
            beside, waiting = waiting[:size], waiting[size:]
            standings = _merged(standings, self._heat([*champion, *beside], share, False))
        near = [one.entry for one in sorted(standings, key=_ratio) if one.ratio <= CLOSE][:FINAL]
        if near:
            standings = _merged(standings, self._heat(near, self.seconds * FINAL_SHARE, True))
        return sorted(standings, key=lambda one: (not one.final, one.ratio))

    def beside(self, entries: Sequence[Entry]) -> list[Standing[Entry]]:
        """Measures a few entries in turns for all the time, and lets none leave."""
        return self._heat(entries, self.seconds, final=True)

    def _heat(self, entries: Sequence[Entry], seconds: float, final: bool) -> list[Standing[Entry]]:
        """Measures entries in turns; ratios are by the fastest of them."""
        lanes: list[tuple[Entry, Lane]] = []
        for entry in entries:
            with suppress(EngineError, MissingExtraError):
                lanes.append((entry, self.opener(entry)))
        if not lanes:
            return []
        plan = Plan(seconds / len(lanes), self.queries, turn=2)
        recordings = measure([lane for _, lane in lanes], plan, self.clock)
        levels = [recording.usual_ms() for recording in recordings]
        fastest = min(levels, key=lambda level: median(level.values()))
        ratios = [relative(level, fastest) for level in levels]
        return [
            Standing(
                entry=entry,
                ratio=ratio / min(ratios),
                p50_ms=median(recording.totals_ms),
                samples=len(recording.samples),
                final=final,
                recording=recording,
            )
            for (entry, _), recording, ratio in zip(lanes, recordings, ratios, strict=True)
        ]


def relative(level: dict[int, float], other: dict[int, float]) -> float:
    """The median ratio over the queries that both hold."""
    shared = level.keys() & other.keys()
    if not shared:
        return median(level.values()) / median(other.values())
    return median(level[query] / other[query] for query in shared)


def _merged(old: Sequence[Standing[Entry]], heat: Sequence[Standing[Entry]]) -> list[Standing[Entry]]:
    """Old standings by the new winner, and those of the heat.

    Entries of earlier heats were measured beside the champion of that time, which ran in this heat again.
    """
    now = {id(one.entry): one for one in heat}
    again = [now[id(one.entry)].ratio for one in old if one.ratio == 1 and id(one.entry) in now]
    factor = again[0] if again else 1.0
    kept = [
        Standing(one.entry, one.ratio * factor, one.p50_ms, one.samples, one.final, one.recording)
        for one in old
        if id(one.entry) not in now
    ]
    return [*kept, *heat]


def _ratio(standing: Standing[Entry]) -> float:
    return standing.ratio
