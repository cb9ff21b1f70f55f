"""What a comparison of two runs works on: how far each sample lies above the typical latency of its image.

All values are logarithms of times for one image, so that differences are ratios.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.result_file import BenchRun
from edgebreed.benchmarks.stats.samples import medians_by

Logs = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """A run's samples in order of time, each less the typical value of its image.

    Attributes:
        logs: the residuals, `(N,) float64`.
        groups: number of each sample's group, `(N,) int64`, rising. A group is what lies between two
            reference inferences, or a single sample.
        at_s: when each sample was issued, `(N,) float64`.
        repeats: samples of this run that are of the same image, `(N,) int64`.
        images: number of different images.
    """

    logs: Logs
    groups: NDArray[np.int64]
    at_s: NDArray[np.float64]
    repeats: NDArray[np.int64]
    images: int

    @property
    def group_count(self) -> int:
        """Number of groups."""
        return len(set(self.groups.tolist()))

    def variance_corrected(self) -> Logs:
        """The residuals with the variance that they would have against an independent typical value.

        The typical value lies half way between both runs' medians, and half of a median of k samples moves
        with each of these samples: a residual keeps 1 - 1/2k of its variance, with one sample an image half.
        """
        middle = np.median(self.logs)
        twice = 2 * self.repeats
        return np.asarray(middle + (self.logs - middle) * np.sqrt(twice / (twice - 1)))


def residuals(first: BenchRun, second: BenchRun, by_reference: bool) -> tuple[Residuals, Residuals]:
    """The residuals of both runs, of the images that both contain.

    Args:
        first: a run.
        second: another run.
        by_reference: divides each sample by the reference inferences before and after its group; without,
            each sample is a group of its own.
    """
    both = [_LogSamples.of(run, by_reference) for run in (first, second)]
    old, new = (medians_by(one.images, one.logs.tolist()) for one in both)
    typical = {image: (old[image] + new[image]) / 2 for image in old.keys() & new.keys()}
    before, after = (one.residuals(typical) for one in both)
    return before, after


@dataclass(frozen=True)
class _LogSamples:
    logs: Logs
    groups: NDArray[np.int64]
    at_s: NDArray[np.float64]
    images: list[str]

    @classmethod
    def of(cls, run: BenchRun, by_reference: bool) -> "_LogSamples":
        logs, groups = np.log(run.image_ms), np.arange(len(run.image_ms))
        kept = np.ones(len(logs), bool)
        if by_reference:
            logs, groups = logs - _log_speed(run.reference_ms), _group_numbers(run.reference_ms)
            kept = np.isfinite(logs)
        return cls(logs[kept], groups[kept], run.at_s[kept], _select(run.queries, kept))

    def residuals(self, typical: dict[str, float]) -> Residuals:
        shared = np.array([image in typical for image in self.images], bool)
        images, repeats = _select(self.images, shared), Counter(self.images)
        return Residuals(
            logs=self.logs[shared] - np.array([typical[image] for image in images]),
            groups=self.groups[shared],
            at_s=self.at_s[shared],
            repeats=np.array([repeats[image] for image in images], np.int64),
            images=len(set(images)),
        )


def _select(images: Sequence[str], mask: NDArray[np.bool_]) -> list[str]:
    return [image for image, keep in zip(images, mask, strict=True) if keep]


def _group_numbers(reference_ms: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many references ran before each sample: a reference runs after the sample that it is noted at."""
    there = np.isfinite(reference_ms).astype(np.int64)
    return np.asarray(np.cumsum(there) - there)


def _log_speed(reference_ms: NDArray[np.float64]) -> Logs:
    """The mean logarithm of the references before and after each sample; NaN where one is missing."""
    references = np.log(reference_ms[np.isfinite(reference_ms)])
    edges = np.concatenate(([math.nan], references, [math.nan]))
    return np.asarray((edges[:-1] + edges[1:])[_group_numbers(reference_ms)] / 2)


def group_medians(run: Residuals, logs: Logs) -> Logs:
    """The median of each group, in order of time."""
    return np.array(list(medians_by(run.groups.tolist(), logs.tolist()).values()))


def turn_differences(first: Residuals, second: Residuals, old: Logs, new: Logs) -> Logs:
    """The difference of each pair of neighbouring turns, second run less first.

    Args:
        first: a run of a result file.
        second: another run, which took turns with it.
        old: logs of the first.
        new: logs of the second.
    """
    at = np.concatenate((first.at_s, second.at_s))
    order = np.argsort(at, kind="stable")
    is_new = np.repeat((False, True), (len(old), len(new)))[order]
    turn = np.cumsum(np.concatenate(([False], is_new[1:] != is_new[:-1])))
    levels = list(medians_by(turn.tolist(), np.concatenate((old, new))[order].tolist()).values())
    pairs = list(zip(levels[::2], levels[1::2], strict=False))
    sign = -1 if is_new[0] else 1
    return sign * np.array([after - before for before, after in pairs])
