"""Whether one run is slower than another, or only looks so.

What makes equal programs look different, and what is done about it:

- The machine's pace changes, by 10 to 15 % every few seconds where it is shared: each group of samples is
  held against the two references that enclose it (see `reference`), and runs of one file, which took turns,
  turn against neighbouring turn.
- Photos differ: latencies are compared photo by photo.
- Single samples are slow for reasons of their own: a run's level is the median of its groups.
- Groups that follow one another are alike: they are resampled in blocks of time (see `bootstrap`).
- Runs differ in what stays the same all through each, as memory layout and placement do: no resampling
  shows that, so the interval is widened by `RUN_TO_RUN`, which `compare_power` measures.

Runs without a reference in common are compared by the samples alone, with a warning: such a comparison holds
on a quiet machine. The time of the fixed piece of work beside each sample is for a warning too: it suffers
from other things than a network does.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.result_file import Run, read_runs
from edgebreed.benchmarks.stats.bootstrap import draws, interval
from edgebreed.benchmarks.stats.residuals import Excess, excess, grouped, turns
from edgebreed.errors import InputError

RUN_TO_RUN = 0.0175
"""Standard deviation of a run's level that no resampling of its samples shows.

`compare_power` saw .0084 on two cores of a shared AMD EPYC. Twice that leaves room for worse machines, and
still finds a tenth: 20 of 20 equal pairs were quiet and 19 of 20 slowed ones found. Where other programs took
half to two thirds of the two cores, equal pairs varied by .067 (.146 without references), and 18 of 20 were
quiet, but 8 of 20 slowed ones found: such a machine is too busy to tell a tenth in ten seconds.
"""
SPEED = 1.5
BOUND = 0.05
FEW = 12  # groups, turns or samples; fewer do not show their own spread, so that one is assumed
FEW_SPREAD = 0.2


class Word(StrEnum):
    """What a comparison says of the second run."""

    SAME = "no difference"
    SLOWER = "slower"
    FASTER = "faster"


DIFFERENT = frozenset({Word.SLOWER, Word.FASTER})


class Basis(StrEnum):
    """What the samples were held against."""

    REFERENCE = "reference"  # the references beside them
    TURNS = "turns"  # the other run's neighbouring turn
    ALONE = "alone"  # nothing


@dataclass(frozen=True)
class Comparison:
    """The second run against the first.

    Attributes:
        name: what was measured.
        ratio: of the typical latency of an image, second by first; above 1 is slower.
        interval: where the ratio lies at 95 % confidence.
        photos: photos that both runs hold.
        samples: of each run that were used.
        basis: what the samples were held against.
        reference_ratio: of the reference's own time, second by first: how far the machine itself moved,
            which is not in `ratio`; None without a reference in common.
        warnings: what makes the comparison weak.
    """

    name: str
    ratio: float
    interval: tuple[float, float]
    photos: int
    samples: tuple[int, int]
    basis: Basis = Basis.ALONE
    reference_ratio: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def verdict(self) -> Word:
        """A difference is real where the interval leaves 1 out."""
        if self.interval[0] > 1:
            return Word.SLOWER
        return Word.FASTER if self.interval[1] < 1 else Word.SAME

    def regressed(self, bound: float) -> bool:
        """Whether the second run is slower, really, and by more than a share `bound`."""
        return self.verdict is Word.SLOWER and self.ratio > 1 + bound

    def sentence(self) -> str:
        """The comparison as a person would say it."""
        low, high = self.interval
        return f"{self.verdict}: ratio {self.ratio:.3f}, between {low:.3f} and {high:.3f}"

    def notes(self) -> list[str]:
        """What belongs beside the sentence: the machine's own pace, and the warnings."""
        if self.reference_ratio is None:
            return list(self.warnings)
        pace = (
            f"the reference itself took {self.reference_ratio:.3f} times as long, which is not in the ratio"
        )
        return [pace, *self.warnings]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "name": self.name,
            "ratio": self.ratio,
            "interval": list(self.interval),
            "verdict": self.verdict.value,
            "photos": self.photos,
            "samples": list(self.samples),
            "basis": self.basis.value,
            "reference_ratio": self.reference_ratio,
            "warnings": list(self.warnings),
        }


def compare_files(first: Path, second: Path) -> list[Comparison]:
    """Compares two result files: their only runs, or the runs of the same name.

    A file of several runs side by side, given twice, has its first run compared with each other one.

    Raises:
        InputError: a file is no result, or they have no run or no photo in common.
    """
    old, new = read_runs(first), read_runs(second)
    if len(old) == len(new) == 1:
        return [compare(old[0], new[0])]
    if first.samefile(second):
        return [compare(old[0], run) for run in old[1:]]
    by_name = dict(zip(_keys(old), old, strict=True))
    pairs = [(by_name[key], run) for key, run in zip(_keys(new), new, strict=True) if key in by_name]
    if not pairs:
        raise InputError(f"{first} and {second} have no model and engine in common: bench the same")
    return [compare(*pair) for pair in pairs]


def _keys(runs: Sequence[Run]) -> list[tuple[str, int]]:
    """Each run's name, and how many before it have the same: those are paired by their order."""
    seen: Counter[str] = Counter()
    keys = []
    for run in runs:
        keys.append((run.name, seen[run.name]))
        seen[run.name] += 1
    return keys


def compare(first: Run, second: Run, seed: int = 0) -> Comparison:
    """Compares two runs of the same photos; two of one file by their neighbouring turns.

    Raises:
        InputError: images arrived differently, or they have no photo in common.
    """
    if first.arrival != second.arrival:
        raise InputError(
            f"{first.file} is {first.arrival} and {second.file} is {second.arrival}: bench both the same way"
        )
    beside, common = first.file == second.file, _same_reference(first, second)
    old, new = excess(first, second, against_reference=common and not beside)
    if not old.photos:
        raise InputError(f"{first.file} and {second.file} have no photo in common: bench the same photos")
    drawn, ratio = _by_turns(old, new, seed) if beside else _by_groups(old, new, seed)
    blind = math.hypot(_unseen(old.group_count), _unseen(new.group_count))
    low, high = interval(drawn + np.random.default_rng(seed).normal(0, blind, len(drawn)))
    alone = [] if beside or common else [_alone(first, second)]
    return Comparison(
        name=f"{second.name} against {first.name}" if beside else second.name,
        ratio=math.exp(ratio),
        interval=(math.exp(low), math.exp(high)),
        photos=old.photos,
        samples=(len(old.logs), len(new.logs)),
        basis=Basis.TURNS if beside else Basis.REFERENCE if common else Basis.ALONE,
        reference_ratio=_reference_ratio(first, second) if common and not beside else None,
        warnings=(*_warnings(first), *_warnings(second), *_speed(first, second), *alone),
    )


Resampled = tuple[NDArray[np.float64], float]
"""The logarithm of the ratio in each resample, `(RESAMPLES,) float64`, and as it was measured."""


def _by_groups(old: Excess, new: Excess, seed: int) -> Resampled:
    """Each run's groups are resampled for themselves."""
    levels = [
        np.median(grouped(one, one.widened())[draws(one.group_count, place)], axis=1)
        for one, place in ((old, seed), (new, seed + 1))
    ]
    middles = [float(np.median(grouped(one, one.logs))) for one in (old, new)]
    return np.asarray(levels[1] - levels[0]), middles[1] - middles[0]


def _by_turns(old: Excess, new: Excess, seed: int) -> Resampled:
    """Neighbouring turns are resampled together: what the machine did to one, it did to the other."""
    wide = turns(old, new, old.widened(), new.widened())
    middle = float(np.median(turns(old, new, old.logs, new.logs)))
    return np.asarray(np.median(wide[draws(len(wide), seed)], axis=1)), middle


def _same_reference(first: Run, second: Run) -> bool:
    """Whether the same reference ran in both, at least twice."""
    enough = all(np.isfinite(run.reference_ms).sum() > 1 for run in (first, second))
    return first.reference is not None and first.reference == second.reference and enough


def _reference_ratio(first: Run, second: Run) -> float:
    old, new = (float(np.nanmedian(run.reference_ms)) for run in (first, second))
    return new / old


def _alone(first: Run, second: Run) -> str:
    return (
        f"{first.file} and {second.file} have no reference in common (the same model, engine, threads and "
        "version, twice or more): a machine whose pace changed looks like a difference"
    )


def _unseen(count: int) -> float:
    """Standard deviation that a run's level has beyond what resampling shows."""
    return RUN_TO_RUN if count >= FEW else math.hypot(RUN_TO_RUN, FEW_SPREAD / math.sqrt(count))


def _warnings(run: Run) -> list[str]:
    if run.data.get("verdict") == "VALID":
        return []
    return [f"{run.file} is INVALID: {'; '.join(run.data.get('why', ()))}"]


def _speed(first: Run, second: Run) -> list[str]:
    """Tells where the machine itself was much slower or faster in the second run."""
    old, new = (float(np.median(run.probe_ms)) for run in (first, second))
    if min(old, new) <= 0 or max(old, new) <= SPEED * min(old, new):
        return []
    return [
        f"fixed work took {new / old:.2f} times as long in {second.file}: the machine ran at another speed, "
        "so bench both again"
    ]
