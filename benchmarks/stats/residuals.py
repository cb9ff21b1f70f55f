"""What a comparison is made from: how far each sample lies above what is usual for its photo.

All are logarithms of times for an image, so that differences are ratios.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.result_file import Run
from edgebreed.benchmarks.stats.samples import medians_by

Logs = NDArray[np.float64]


@dataclass(frozen=True)
class Excess:
    """A run's samples, in order of time.

    Attributes:
        logs: how far each lies above its photo's usual, `(N,) float64`.
        groups: number of the group that each is in, `(N,) int64`; they rise.
        at_s: when each began, `(N,) float64`.
        often: samples of this run that are of the same photo, `(N,) int64`.
        photos: number of different photos.
    """

    logs: Logs
    groups: NDArray[np.int64]
    at_s: NDArray[np.float64]
    often: NDArray[np.int64]
    photos: int

    @property
    def group_count(self) -> int:
        """Number of groups."""
        return len(set(self.groups.tolist()))

    def widened(self) -> Logs:
        """The logs with the spread that they would have if no sample were part of its photo's usual.

        The usual lies half way between both runs' medians, and half of a median of k samples goes along with
        each of them: a residual keeps 1 - 1/2k of its variance. With one sample a photo that is a half.
        """
        middle = np.median(self.logs)
        twice = 2 * self.often
        return np.asarray(middle + (self.logs - middle) * np.sqrt(twice / (twice - 1)))


def excess(first: Run, second: Run, against_reference: bool) -> tuple[Excess, Excess]:
    """Both runs' samples of the photos that both hold.

    Args:
        first: a run.
        second: another.
        against_reference: holds each sample against the references on either side of its group; else each
            sample is its own group.
    """
    both = [_Samples.of(run, against_reference) for run in (first, second)]
    old, new = (medians_by(one.photos, one.logs.tolist()) for one in both)
    usual = {photo: (old[photo] + new[photo]) / 2 for photo in old.keys() & new.keys()}
    before, after = (one.beyond(usual) for one in both)
    return before, after


@dataclass(frozen=True)
class _Samples:
    logs: Logs
    groups: NDArray[np.int64]
    at_s: NDArray[np.float64]
    photos: list[str]

    @classmethod
    def of(cls, run: Run, against_reference: bool) -> "_Samples":
        logs, groups = np.log(run.image_ms), np.arange(len(run.image_ms))
        kept = np.ones(len(logs), bool)
        if against_reference:
            logs, groups = logs - _pace(run.reference_ms), _group_numbers(run.reference_ms)
            kept = np.isfinite(logs)
        return cls(logs[kept], groups[kept], run.at_s[kept], _kept(run.queries, kept))

    def beyond(self, usual: dict[str, float]) -> Excess:
        known = np.array([photo in usual for photo in self.photos], bool)
        photos, often = _kept(self.photos, known), Counter(self.photos)
        return Excess(
            logs=self.logs[known] - np.array([usual[photo] for photo in photos]),
            groups=self.groups[known],
            at_s=self.at_s[known],
            often=np.array([often[photo] for photo in photos], np.int64),
            photos=len(set(photos)),
        )


def _kept(photos: Sequence[str], kept: NDArray[np.bool_]) -> list[str]:
    return [photo for photo, keep in zip(photos, kept, strict=True) if keep]


def _group_numbers(reference_ms: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many references came before each sample: a reference comes after the sample that tells of it."""
    there = np.isfinite(reference_ms).astype(np.int64)
    return np.asarray(np.cumsum(there) - there)


def _pace(reference_ms: NDArray[np.float64]) -> Logs:
    """The mean logarithm of the references before and after each sample; NaN where one is missing."""
    references = np.log(reference_ms[np.isfinite(reference_ms)])
    edges = np.concatenate(([math.nan], references, [math.nan]))
    return np.asarray((edges[:-1] + edges[1:])[_group_numbers(reference_ms)] / 2)


def grouped(run: Excess, logs: Logs) -> Logs:
    """The median of each group, in order of time."""
    return np.array(list(medians_by(run.groups.tolist(), logs.tolist()).values()))


def turns(first: Excess, second: Excess, old: Logs, new: Logs) -> Logs:
    """How far each turn of the second run lies above the neighbouring turn of the first.

    Args:
        first: a run of a file.
        second: another, side by side with it.
        old: logs of the first.
        new: logs of the second.
    """
    at = np.concatenate((first.at_s, second.at_s))
    order = np.argsort(at, kind="stable")
    is_new = np.repeat((False, True), (len(old), len(new)))[order]
    stretch = np.cumsum(np.concatenate(([False], is_new[1:] != is_new[:-1])))
    levels = list(medians_by(stretch.tolist(), np.concatenate((old, new))[order].tolist()).values())
    pairs = list(zip(levels[::2], levels[1::2], strict=False))
    sign = -1 if is_new[0] else 1
    return sign * np.array([after - before for before, after in pairs])
