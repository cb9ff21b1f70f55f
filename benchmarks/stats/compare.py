"""Whether one run is slower than another, or only looks so.

Equal programs look different for several reasons, and each is taken care of:

- The machine changes its speed, by 10 to 15 % every few seconds where it is shared. Each group of samples is
  divided by the two reference inferences around it (see `machine.reference_work`); runs of one file, which
  took turns, are compared turn by neighbouring turn.
- Images differ: latencies are compared image by image.
- Single samples are slow for reasons of their own: the level of a run is the median of its groups.
- Neighbouring groups are alike: they are resampled in blocks of time (see `bootstrap`).
- Two runs differ in what stays constant during each, such as memory layout. No resampling shows that, so
  the interval is widened by `RUN_TO_RUN_STD`, which the study `compare_power` measures.

Runs without a reference in common are compared by their samples alone, with a warning: such a comparison is
right on a quiet machine. The `SpeedProbe` beside each sample is only good for a warning, because it suffers
from other causes than a network does.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.result_file import BenchRun, read_runs
from edgebreed.benchmarks.stats.bootstrap import confidence_interval, resample_indices
from edgebreed.benchmarks.stats.residuals import Residuals, group_medians, residuals, turn_differences
from edgebreed.errors import InputError
from edgebreed.str_enum import StrEnum

RUN_TO_RUN_STD = 0.0175
"""Standard deviation of a run's level (a logarithm) that no resampling of its samples shows.

The study `compare_power` saw .0084 on two cores of a shared AMD EPYC. Twice that leaves room for worse
machines, and still finds a slowdown of a tenth: 20 of 20 equal pairs gave no difference and 19 of 20 slowed
ones were found. Where other programs took half to two thirds of the two cores, the levels of equal pairs
varied by .067 (.146 without references); 18 of 20 gave no difference, but only 8 of 20 slowed ones were
found: such a machine is too busy to see a tenth in ten seconds.
"""
MAX_SPEED_RATIO = 1.5
BOUND = 0.05
FEW = 12  # groups, turns or samples; fewer do not show their own standard deviation, so one is assumed
FEW_STD = 0.2


class ComparisonOutcome(StrEnum):
    """What a comparison says about the second run."""

    SAME = "no difference"
    SLOWER = "slower"
    FASTER = "faster"


DIFFERENT = frozenset({ComparisonOutcome.SLOWER, ComparisonOutcome.FASTER})


class ComparisonBasis(StrEnum):
    """What the samples were compared by."""

    REFERENCE = "reference"  # ratios to the reference inferences beside them
    TURNS = "turns"  # differences to the other run's neighbouring turn
    ALONE = "alone"  # the samples themselves


@dataclass(frozen=True)
class Comparison:
    """The second run against the first.

    Attributes:
        name: what was measured.
        ratio: of the typical latency of an image, second by first; above 1 is slower.
        interval: 95 % confidence interval of the ratio.
        images: images that both runs contain.
        samples: number of samples of each run that were used.
        basis: what the samples were compared by.
        reference_ratio: of the reference inference's own time, second by first: how much the machine itself
            changed, which is not in `ratio`; None without a reference in common.
        warnings: what makes the comparison weak.
    """

    name: str
    ratio: float
    interval: tuple[float, float]
    images: int
    samples: tuple[int, int]
    basis: ComparisonBasis = ComparisonBasis.ALONE
    reference_ratio: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def outcome(self) -> ComparisonOutcome:
        """A difference is real where the interval leaves 1 out."""
        if self.interval[0] > 1:
            return ComparisonOutcome.SLOWER
        return ComparisonOutcome.FASTER if self.interval[1] < 1 else ComparisonOutcome.SAME

    def regressed(self, bound: float) -> bool:
        """Whether the second run is really slower, and by more than a share `bound`."""
        return self.outcome is ComparisonOutcome.SLOWER and self.ratio > 1 + bound

    @property
    def summary(self) -> str:
        """The comparison in one line."""
        low, high = self.interval
        return f"{self.outcome}: ratio {self.ratio:.3f}, between {low:.3f} and {high:.3f}"

    def notes(self) -> list[str]:
        """Lines that belong below the summary: the change of the machine's own speed, and the warnings."""
        if self.reference_ratio is None:
            return list(self.warnings)
        speed = (
            f"the reference itself took {self.reference_ratio:.3f} times as long, which is not in the ratio"
        )
        return [speed, *self.warnings]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "name": self.name,
            "ratio": self.ratio,
            "interval": list(self.interval),
            "verdict": self.outcome.value,
            "photos": self.images,
            "samples": list(self.samples),
            "basis": self.basis.value,
            "reference_ratio": self.reference_ratio,
            "warnings": list(self.warnings),
        }


def compare_files(first: Path, second: Path) -> list[Comparison]:
    """Compares two result files: their only runs, or the runs of the same name.

    A file of several runs that took turns, given twice: its first run is compared with each other one.

    Raises:
        InputError: a file is no result, or the files have no run or no image in common.
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


def _keys(runs: Sequence[BenchRun]) -> list[tuple[str, int]]:
    """Each run's name, with its number among those of the same name: these are paired by their order."""
    seen: Counter[str] = Counter()
    keys = []
    for run in runs:
        keys.append((run.name, seen[run.name]))
        seen[run.name] += 1
    return keys


def compare(first: BenchRun, second: BenchRun, seed: int = 0) -> Comparison:
    """Compares two runs of the same images; two runs of one file by their neighbouring turns.

    Raises:
        InputError: images arrived differently, or the runs have no image in common.
    """
    if first.arrival != second.arrival:
        raise InputError(
            f"{first.file} is {first.arrival} and {second.file} is {second.arrival}: bench both the same way"
        )
    beside, common = first.file == second.file, _same_reference(first, second)
    old, new = residuals(first, second, by_reference=common and not beside)
    if not old.images:
        raise InputError(f"{first.file} and {second.file} have no photo in common: bench the same photos")
    resampled, log_ratio = _by_turns(old, new, seed) if beside else _by_groups(old, new, seed)
    extra_std = math.hypot(_extra_std(old.group_count), _extra_std(new.group_count))
    low, high = confidence_interval(
        resampled + np.random.default_rng(seed).normal(0, extra_std, len(resampled))
    )
    alone = [] if beside or common else [_no_reference_warning(first, second)]
    return Comparison(
        name=f"{second.name} against {first.name}" if beside else second.name,
        ratio=math.exp(log_ratio),
        interval=(math.exp(low), math.exp(high)),
        images=old.images,
        samples=(len(old.logs), len(new.logs)),
        basis=_basis(beside, common),
        reference_ratio=_reference_ratio(first, second) if common and not beside else None,
        warnings=(
            *_invalid_warning(first),
            *_invalid_warning(second),
            *_speed_warning(first, second),
            *alone,
        ),
    )


def _basis(beside: bool, common: bool) -> ComparisonBasis:
    if beside:
        return ComparisonBasis.TURNS
    return ComparisonBasis.REFERENCE if common else ComparisonBasis.ALONE


Resampled = tuple[NDArray[np.float64], float]
"""The logarithm of the ratio in each resample, `(RESAMPLES,) float64`, and as it was measured."""


def _by_groups(old: Residuals, new: Residuals, seed: int) -> Resampled:
    """Resamples the groups of each run independently."""
    levels = [
        np.median(
            group_medians(one, one.variance_corrected())[resample_indices(one.group_count, run_seed)], axis=1
        )
        for one, run_seed in ((old, seed), (new, seed + 1))
    ]
    measured = [float(np.median(group_medians(one, one.logs))) for one in (old, new)]
    return np.asarray(levels[1] - levels[0]), measured[1] - measured[0]


def _by_turns(old: Residuals, new: Residuals, seed: int) -> Resampled:
    """Resamples pairs of neighbouring turns: what the machine did to one, it did to the other."""
    corrected = turn_differences(old, new, old.variance_corrected(), new.variance_corrected())
    measured = float(np.median(turn_differences(old, new, old.logs, new.logs)))
    return np.asarray(np.median(corrected[resample_indices(len(corrected), seed)], axis=1)), measured


def _same_reference(first: BenchRun, second: BenchRun) -> bool:
    """Whether the same reference ran in both, at least twice in each."""
    enough = all(np.isfinite(run.reference_ms).sum() > 1 for run in (first, second))
    return first.reference is not None and first.reference == second.reference and enough


def _reference_ratio(first: BenchRun, second: BenchRun) -> float:
    old, new = (float(np.nanmedian(run.reference_ms)) for run in (first, second))
    return new / old


def _no_reference_warning(first: BenchRun, second: BenchRun) -> str:
    return (
        f"{first.file} and {second.file} have no reference in common (the same model, engine, threads and "
        "version, twice or more): a machine whose speed changed looks like a difference"
    )


def _extra_std(groups: int) -> float:
    """Standard deviation of a run's level beyond what resampling shows."""
    return RUN_TO_RUN_STD if groups >= FEW else math.hypot(RUN_TO_RUN_STD, FEW_STD / math.sqrt(groups))


def _invalid_warning(run: BenchRun) -> list[str]:
    if run.result.verdict == "VALID":
        return []
    return [f"{run.file} is INVALID: {'; '.join(run.result.why)}"]


def _speed_warning(first: BenchRun, second: BenchRun) -> list[str]:
    """A warning where the machine itself ran at quite another speed in the second run."""
    old, new = (float(np.median(run.probe_ms)) for run in (first, second))
    if min(old, new) <= 0 or max(old, new) <= MAX_SPEED_RATIO * min(old, new):
        return []
    return [
        f"fixed work took {new / old:.2f} times as long in {second.file}: the machine ran at another speed, "
        "so bench both again"
    ]
