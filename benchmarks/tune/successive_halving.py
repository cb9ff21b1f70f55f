"""Finds the fastest of many candidates in little time: rounds that drop slow ones, then a final round.

Only a few candidates are open at once, so that they fit into a small device's memory. In each round the
fastest so far runs again beside three others, in turns, and all ratios are taken against it at the same
time: a machine that slows down meanwhile puts no candidate at a disadvantage. The idea is successive halving
(Jamieson and Talwalkar 2016), with the time of a round shared out equally.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Generic, TypeVar

from edgebreed.benchmarks.machine.clock import Clock
from edgebreed.benchmarks.scenarios.workload import SHORT_WARM_UP_S, Plan, Workload, measure
from edgebreed.benchmarks.stats.samples import Recording, Stages
from edgebreed.errors import EdgebreedError, EngineError
from edgebreed.progress import track

ROUND_SIZE = 4  # candidates open at once
FINALISTS = 3
MAX_FINAL_RATIO = 1.25  # how much slower than the fastest a candidate may be and still reach the final
FINAL_SHARE = 0.5  # of the time

_LOG = logging.getLogger(__name__)

CandidateT = TypeVar("CandidateT")
WorkloadFactory = Callable[[CandidateT], Workload]


@dataclass(frozen=True)
class Ranking(Generic[CandidateT]):
    """How fast a candidate was.

    Attributes:
        candidate: the candidate.
        ratio: its median latency divided by the winner's, from turns beside it; 1 is the winner, and a
            faster candidate that was not eligible is below 1.
        p50_ms: its median latency in its last round, in ms.
        samples: in its last round.
        final: whether it reached the final round.
        recording: of its last round.
    """

    candidate: CandidateT
    ratio: float
    p50_ms: float
    samples: int
    final: bool
    recording: Recording


class CandidateFailedError(EngineError):
    """A candidate did not open, or failed at a query.

    Attributes:
        candidate: which.
    """

    def __init__(self, candidate: object, reason: str) -> None:
        super().__init__(reason)
        self.candidate = candidate


def first_line(error: Exception) -> str:
    """The first line of an error's message; its class where there is no message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


@dataclass(frozen=True)
class SuccessiveHalving(Generic[CandidateT]):
    """A search for the fastest candidate.

    Attributes:
        open_workload: makes a candidate's workload; its engine is freed with the workload.
        queries: number of different queries.
        seconds: time for everything; warm-ups are not counted.
        clock: None takes the system's.
        failed: candidates that did not open or failed at a query, and why; each is logged as a warning.
    """

    open_workload: WorkloadFactory[CandidateT]
    queries: int
    seconds: float
    clock: Clock | None = None
    failed: list[CandidateFailedError] = field(default_factory=list)

    def run(
        self,
        candidates: Sequence[CandidateT],
        eligible: Callable[[CandidateT], bool] = lambda _: True,
    ) -> list[Ranking[CandidateT]]:
        """Ranks all candidates that do not fail.

        Args:
            candidates: what to rank.
            eligible: whether a candidate may reach the final round; asked of the fastest first, after the
                other rounds, until there are enough.

        Returns:
            Those of the final round first, each part fastest first.
        """
        rounds = [*_rounds(candidates)]
        seconds = self.seconds * (1 - FINAL_SHARE) / max(1, len(rounds))
        rankings: list[Ranking[CandidateT]] = []
        for challengers in track(rounds, "rounds", len(rounds)):
            rankings = self._round_beside_fastest(rankings, challengers, seconds)
        while not any(one.final for one in rankings) and (finalists := _finalists(rankings, eligible)):
            rankings = self._after_round(rankings, finalists, self.seconds * FINAL_SHARE, final=True)
        return sorted(rankings, key=lambda one: (not one.final, one.ratio))

    def measure_side_by_side(self, candidates: Sequence[CandidateT]) -> list[Ranking[CandidateT]]:
        """Measures a few candidates in turns for the whole time and drops none."""
        return self._round(candidates, self.seconds, final=True)

    def _round_beside_fastest(
        self,
        rankings: Sequence[Ranking[CandidateT]],
        challengers: Sequence[CandidateT],
        seconds: float,
    ) -> list[Ranking[CandidateT]]:
        """The rankings after a round with the fastest so far; if that fails, a round with the next."""
        fastest = [min(rankings, key=_ratio).candidate] if rankings else []
        after = self._after_round(rankings, [*fastest, *challengers], seconds, final=False)
        if not any(map(self._has_failed, fastest)):
            return after
        left = [one for one in rankings if not self._has_failed(one.candidate)]
        working = [candidate for candidate in challengers if not self._has_failed(candidate)]
        return self._round_beside_fastest(left, working, seconds)

    def _after_round(
        self,
        rankings: Sequence[Ranking[CandidateT]],
        candidates: Sequence[CandidateT],
        seconds: float,
        final: bool,
    ) -> list[Ranking[CandidateT]]:
        """The rankings after one more round."""
        merged = _merged(rankings, self._round(candidates, seconds, final))
        return [one for one in merged if not self._has_failed(one.candidate)]

    def _has_failed(self, candidate: CandidateT) -> bool:
        return any(one.candidate is candidate for one in self.failed)

    def _round(
        self, candidates: Sequence[CandidateT], seconds: float, final: bool
    ) -> list[Ranking[CandidateT]]:
        """Measures candidates in turns; where one fails, the others start again."""
        opened = self._open(candidates)
        while opened:
            plan = Plan(seconds / len(opened), self.queries, warm_up_s=SHORT_WARM_UP_S)
            try:
                recordings = measure([workload for _, workload in opened], plan, self.clock)
            except CandidateFailedError as error:
                self._drop(error)
                opened = [one for one in opened if one[0] is not error.candidate]
            else:
                return _rankings([candidate for candidate, _ in opened], recordings, final)
        return []

    def _open(self, candidates: Sequence[CandidateT]) -> list[tuple[CandidateT, Workload]]:
        opened: list[tuple[CandidateT, Workload]] = []
        for candidate in candidates:
            try:
                opened.append((candidate, _guarded(candidate, self.open_workload(candidate))))
            except EdgebreedError as error:
                self._drop(CandidateFailedError(candidate, first_line(error)))
        return opened

    def _drop(self, failure: CandidateFailedError) -> None:
        self.failed.append(failure)
        _LOG.warning("left out: %s", failure)


def _rounds(candidates: Sequence[CandidateT]) -> Iterator[Sequence[CandidateT]]:
    """Four candidates, then three at a time, beside which the fastest so far runs."""
    yield from filter(None, [candidates[:ROUND_SIZE]])
    for start in range(ROUND_SIZE, len(candidates), ROUND_SIZE - 1):
        yield candidates[start : start + ROUND_SIZE - 1]


def _finalists(
    rankings: Sequence[Ranking[CandidateT]], eligible: Callable[[CandidateT], bool]
) -> list[CandidateT]:
    """The fastest that are eligible, without those too slow to win."""
    found: list[Ranking[CandidateT]] = []
    for one in sorted(rankings, key=_ratio):
        if len(found) == FINALISTS or (found and one.ratio > MAX_FINAL_RATIO * found[0].ratio):
            break
        if eligible(one.candidate):
            found.append(one)
    return [one.candidate for one in found]


def _guarded(candidate: CandidateT, workload: Workload) -> Workload:
    """A workload whose errors name the candidate."""

    def issue_query(number: int) -> Stages:
        try:
            return workload.issue_query(number)
        except Exception as error:  # each runtime raises classes of its own, with no common base
            raise CandidateFailedError(candidate, f"{workload.name}: {first_line(error)}") from error

    return replace(workload, issue_query=issue_query)


def _rankings(
    candidates: Sequence[CandidateT], recordings: Sequence[Recording], final: bool
) -> list[Ranking[CandidateT]]:
    """Rankings of one round; ratios are to the fastest in it."""
    medians = [recording.median_by_query() for recording in recordings]
    fastest = min(medians, key=lambda by_query: median(by_query.values()))
    ratios = [median_ratio(by_query, fastest) for by_query in medians]
    return [
        Ranking(
            candidate=candidate,
            ratio=ratio / min(ratios),
            p50_ms=median(recording.totals_ms),
            samples=len(recording.samples),
            final=final,
            recording=recording,
        )
        for candidate, recording, ratio in zip(candidates, recordings, ratios, strict=True)
    ]


def median_ratio(medians: dict[int, float], others: dict[int, float]) -> float:
    """The median ratio over the queries that both have."""
    shared = medians.keys() & others.keys()
    if not shared:
        return median(medians.values()) / median(others.values())
    return median(medians[query] / others[query] for query in shared)


def _merged(
    old: Sequence[Ranking[CandidateT]], new: Sequence[Ranking[CandidateT]]
) -> list[Ranking[CandidateT]]:
    """The rankings of a round, and the older ones converted to its winner.

    The conversion factor is that of the fastest candidate that was in an earlier round too.
    """
    now = {id(one.candidate): one for one in new}
    again = [
        now[id(one.candidate)].ratio / one.ratio
        for one in sorted(old, key=_ratio)
        if id(one.candidate) in now
    ]
    factor = again[0] if again else 1.0
    kept = [replace(one, ratio=one.ratio * factor) for one in old if id(one.candidate) not in now]
    return [*kept, *new]


def _ratio(ranking: Ranking[CandidateT]) -> float:
    return ranking.ratio
