"""Whether one run is slower than another, or only looks so.

What makes equal programs look different, and what is done about it:

- Photos differ: latencies are compared photo by photo.
- Single samples are slow for reasons of their own: a run's level is its median.
- Samples that follow one another are alike: they are resampled in blocks of time (see `bootstrap`).
- Runs differ in what stays the same all through each, as memory layout and placement do: no resampling
  shows that, so the interval is widened by `RUN_TO_RUN`, which `compare_power` measured.

Three more were tried on runs whose truth is known and made the comparison worse: a lower percentile as
the level, dividing by the time of a fixed piece of work beside each sample, which suffers from other
things than a network does, and leaving out the samples beside which other programs ran. The fixed work and
the other programs serve as warnings.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.bootstrap import draws, interval
from edgebreed.benchmarks.result_file import Run, read_runs
from edgebreed.benchmarks.samples import medians_by
from edgebreed.errors import InputError

RUN_TO_RUN = 0.0175  # standard deviation of a run's level
SPEED = 1.5
BOUND = 0.05
FEW = 20  # samples; fewer do not show their own spread, so that one is assumed
FEW_SPREAD = 0.2


class Word(StrEnum):
    """What a comparison says of the second run."""

    SAME = "no difference"
    SLOWER = "slower"
    FASTER = "faster"


DIFFERENT = frozenset({Word.SLOWER, Word.FASTER})


@dataclass(frozen=True)
class Comparison:
    """The second run against the first.

    Attributes:
        name: what was measured.
        ratio: of the typical latency, second by first; above 1 is slower.
        interval: where the ratio lies at 95 % confidence.
        photos: photos that both runs hold.
        samples: of each run that were used.
        warnings: what makes the comparison weak.
    """

    name: str
    ratio: float
    interval: tuple[float, float]
    photos: int
    samples: tuple[int, int]
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

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "name": self.name,
            "ratio": self.ratio,
            "interval": list(self.interval),
            "verdict": self.verdict.value,
            "photos": self.photos,
            "samples": list(self.samples),
            "warnings": list(self.warnings),
        }


def compare_files(first: Path, second: Path) -> list[Comparison]:
    """Compares two result files: their only runs, or the runs of the same name.

    Raises:
        InputError: a file is no result, or they have no run or no photo in common.
    """
    old, new = read_runs(first), read_runs(second)
    if len(old) == len(new) == 1:
        return [compare(old[0], new[0])]
    by_name = {run.name: run for run in old}
    pairs = [(by_name[run.name], run) for run in new if run.name in by_name]
    if not pairs:
        raise InputError(f"{first} and {second} have no model and engine in common: bench the same")
    return [compare(*pair) for pair in pairs]


def compare(first: Run, second: Run, seed: int = 0) -> Comparison:
    """Compares two runs of the same photos.

    Raises:
        InputError: they have no photo in common.
    """
    before, after = _Logs.of(first), _Logs.of(second)
    usual = _usual(before, after)
    if not usual:
        raise InputError(f"{first.file} and {second.file} have no photo in common: bench the same photos")
    old, new = before.beyond(usual), after.beyond(usual)
    drawn = _levels(new, seed + 1) - _levels(old, seed)
    blind = math.hypot(_unseen(len(old)), _unseen(len(new)))
    low, high = interval(drawn + np.random.default_rng(seed).normal(0, blind, len(drawn)))
    return Comparison(
        name=second.name,
        ratio=math.exp(np.median(new) - np.median(old)),
        interval=(math.exp(low), math.exp(high)),
        photos=len(usual),
        samples=(len(old), len(new)),
        warnings=(*_warnings(first), *_warnings(second), *_speed(first, second)),
    )


@dataclass(frozen=True)
class _Logs:
    """Logarithms of latencies, in order of time.

    Attributes:
        logs: `(N,) float64`.
        photos: which photo each is of.
    """

    logs: NDArray[np.float64]
    photos: NDArray[np.str_]

    @classmethod
    def of(cls, run: Run) -> "_Logs":
        """Of all samples of a run."""
        return cls(np.log(run.total_ms), np.array(run.queries))

    def by_photo(self) -> dict[str, float]:
        """Each photo's median."""
        return medians_by(self.photos.tolist(), self.logs.tolist())

    def beyond(self, usual: dict[str, float]) -> NDArray[np.float64]:
        """How far each sample lies above its photo's usual, for the photos that have one."""
        pairs = zip(self.logs, self.photos, strict=True)
        return np.array([log - usual[photo] for log, photo in pairs if photo in usual])


def _usual(before: _Logs, after: _Logs) -> dict[str, float]:
    """Half way between both runs' medians of each photo that both hold, so that neither run is favoured."""
    old, new = before.by_photo(), after.by_photo()
    return {photo: (old[photo] + new[photo]) / 2 for photo in old.keys() & new.keys()}


def _levels(beyond: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """The run's level in each resample, `(RESAMPLES,) float64`."""
    return np.asarray(np.median(beyond[draws(len(beyond), seed)], axis=1))


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
