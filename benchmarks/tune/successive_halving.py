"""Finds the fastest of many with little time: heats that the slow ones leave early, then a final.

Only a few are open at once, so that a small device's memory holds them. In each heat the fastest so far
runs again beside three others, in turns: every ratio is taken against it at the same time, so that a
machine which slows down during the race wrongs nobody. The idea is successive halving (Jamieson and
Talwalkar 2016), with the time of a heat shared out alike.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Generic, TypeVar

from edgebreed.benchmarks.machine.clock import Clock
from edgebreed.benchmarks.scenarios.warm_up import SHORT_WARM_S
from edgebreed.benchmarks.scenarios.workload import Lane, Plan, measure
from edgebreed.benchmarks.stats.samples import Recording, Stages
from edgebreed.errors import EdgebreedError, EngineError
from edgebreed.progress import track

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
        ratio: its median by the winner's, from turns beside it; 1 is the winner, and one that was faster but
            did not fit is below.
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


class LeftOutError(EngineError):
    """An entry did not open, or did not answer.

    Attributes:
        entry: which.
    """

    def __init__(self, entry: object, reason: str) -> None:
        super().__init__(reason)
        self.entry = entry


def first_line(error: Exception) -> str:
    """What an error says, without the rest that runtimes write; its kind where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]


@dataclass(frozen=True)
class Race(Generic[Entry]):
    """What to race with.

    Attributes:
        opener: makes a lane of an entry; its engine is freed with the lane.
        queries: number of different frames.
        seconds: time for everything, warm-ups not counted.
        clock: measures; None takes the machine's.
        fallen: entries that did not open or did not answer, and why; each is told on standard error.
    """

    opener: Opener[Entry]
    queries: int
    seconds: float
    clock: Clock | None = None
    fallen: list[LeftOutError] = field(default_factory=list)

    def run(
        self, entries: Sequence[Entry], fits: Callable[[Entry], bool] = lambda _: True
    ) -> list[Standing[Entry]]:
        """Races all entries; those that do not open or do not answer are left out.

        Args:
            entries: who races.
            fits: whether an entry may come to the final; asked of the fastest first, after the heats, until
                there are enough.

        Returns:
            Standings, those of the final first, each fastest first.
        """
        heats = [*_heats(entries)]
        share = self.seconds * (1 - FINAL_SHARE) / max(1, len(heats))
        standings: list[Standing[Entry]] = []
        for beside in track(heats, "heats", len(heats)):
            standings = self._round(standings, beside, share)
        while not any(one.final for one in standings) and (near := _near(standings, fits)):
            standings = self._after(standings, near, self.seconds * FINAL_SHARE, final=True)
        return sorted(standings, key=lambda one: (not one.final, one.ratio))

    def beside(self, entries: Sequence[Entry]) -> list[Standing[Entry]]:
        """Measures a few entries in turns for all the time, and lets none leave."""
        return self._heat(entries, self.seconds, final=True)

    def _round(
        self, standings: Sequence[Standing[Entry]], beside: Sequence[Entry], seconds: float
    ) -> list[Standing[Entry]]:
        """The standings after a heat beside the fastest so far; where that one falls, beside the next."""
        champion = [min(standings, key=_ratio).entry] if standings else []
        after = self._after(standings, [*champion, *beside], seconds, final=False)
        if not any(map(self._gone, champion)):
            return after
        left = [one for one in standings if not self._gone(one.entry)]
        return self._round(left, [entry for entry in beside if not self._gone(entry)], seconds)

    def _after(
        self, standings: Sequence[Standing[Entry]], entries: Sequence[Entry], seconds: float, final: bool
    ) -> list[Standing[Entry]]:
        """The standings after one more heat."""
        merged = _merged(standings, self._heat(entries, seconds, final))
        return [one for one in merged if not self._gone(one.entry)]

    def _gone(self, entry: Entry) -> bool:
        return any(one.entry is entry for one in self.fallen)

    def _heat(self, entries: Sequence[Entry], seconds: float, final: bool) -> list[Standing[Entry]]:
        """Measures entries in turns; where one falls, the others begin anew."""
        lanes = self._opened(entries)
        while lanes:
            plan = Plan(seconds / len(lanes), self.queries, warm_s=SHORT_WARM_S)
            try:
                recordings = measure([lane for _, lane in lanes], plan, self.clock)
            except LeftOutError as error:
                self._leave(error)
                lanes = [(entry, lane) for entry, lane in lanes if entry is not error.entry]
            else:
                return _standings([entry for entry, _ in lanes], recordings, final)
        return []

    def _opened(self, entries: Sequence[Entry]) -> list[tuple[Entry, Lane]]:
        lanes: list[tuple[Entry, Lane]] = []
        for entry in entries:
            try:
                lanes.append((entry, _guarded(entry, self.opener(entry))))
            except EdgebreedError as error:
                self._leave(LeftOutError(entry, first_line(error)))
        return lanes

    def _leave(self, fallen: LeftOutError) -> None:
        self.fallen.append(fallen)
        print(f"left out: {fallen}", file=sys.stderr)


def _heats(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Four, then three at a time, beside whom the fastest so far runs."""
    yield from filter(None, [entries[:HEAT]])
    for start in range(HEAT, len(entries), HEAT - 1):
        yield entries[start : start + HEAT - 1]


def _near(standings: Sequence[Standing[Entry]], fits: Callable[[Entry], bool]) -> list[Entry]:
    """The fastest that fit, and no slower ones than may still win."""
    found: list[Standing[Entry]] = []
    for one in sorted(standings, key=_ratio):
        if len(found) == FINAL or (found and one.ratio > CLOSE * found[0].ratio):
            break
        if fits(one.entry):
            found.append(one)
    return [one.entry for one in found]


def _guarded(entry: Entry, lane: Lane) -> Lane:
    """A lane that tells whose it is when it fails."""

    def ask(number: int) -> Stages:
        try:
            return lane.ask(number)
        except Exception as error:  # each runtime raises kinds of its own, with no common base
            raise LeftOutError(entry, f"{lane.name}: {first_line(error)}") from error

    return replace(lane, ask=ask)


def _standings(
    entries: Sequence[Entry], recordings: Sequence[Recording], final: bool
) -> list[Standing[Entry]]:
    """Ratios are by the fastest of them."""
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
        for entry, recording, ratio in zip(entries, recordings, ratios, strict=True)
    ]


def relative(level: dict[int, float], other: dict[int, float]) -> float:
    """The median ratio over the queries that both hold."""
    shared = level.keys() & other.keys()
    if not shared:
        return median(level.values()) / median(other.values())
    return median(level[query] / other[query] for query in shared)


def _merged(old: Sequence[Standing[Entry]], heat: Sequence[Standing[Entry]]) -> list[Standing[Entry]]:
    """Old standings by the new winner, and those of the heat.

    Entries of earlier heats were measured beside others that led to one of this heat: the fastest of those
    that ran before tells what the old ratios are worth now.
    """
    now = {id(one.entry): one for one in heat}
    again = [now[id(one.entry)].ratio / one.ratio for one in sorted(old, key=_ratio) if id(one.entry) in now]
    factor = again[0] if again else 1.0
    kept = [
        Standing(one.entry, one.ratio * factor, one.p50_ms, one.samples, one.final, one.recording)
        for one in old
        if id(one.entry) not in now
    ]
    return [*kept, *heat]


def _ratio(standing: Standing[Entry]) -> float:
    return standing.ratio
