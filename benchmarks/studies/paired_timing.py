"""Times several ways to do the same work in turns, so that a machine that slows down slows all of them."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from edgebreed.progress import track

TURN = 4  # calls in a row; the first finds the caches full of another way's data, and is not counted

Times = dict[str, list[float]]
"""Milliseconds of each way, one value a round."""


@dataclass(frozen=True)
class Spread:
    """The median of some values and their middle half."""

    p50: float
    p25: float
    p75: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Summarizes values, of which there is at least one."""
        p25, p50, p75 = np.percentile(values, (25, 50, 75))
        return cls(float(p50), float(p25), float(p75))

    def __str__(self) -> str:
        return f"{self.p50:.3g} ({self.p25:.3g} to {self.p75:.3g})"


def time_in_rounds(
    ways: Mapping[str, Callable[[], object]], rounds: int, title: str = "rounds", turn: int = TURN
) -> Times:
    """Times each way once a round, in a random order: the median of a turn of calls, in ms.

    Args:
        ways: what to call, by name.
        rounds: how often each way has a turn that counts; one before that warms up.
        title: of the progress bar.
        turn: calls in a turn, at least 2.
    """
    rng, times = random.Random(0), {name: list[float]() for name in ways}
    for number in track(range(rounds + 1), title, rounds + 1):
        for name in rng.sample(list(ways), len(ways)):
            calls = [_milliseconds(ways[name]) for _ in range(turn)]
            if number:
                times[name].append(median(calls[1:]))
    return times


def ratio(times: Times, first: str, second: str) -> Spread:
    """The first way's time divided by the second's, round by round."""
    return Spread.of([one / other for one, other in zip(times[first], times[second], strict=True)])


def _milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - start) / 1e6
