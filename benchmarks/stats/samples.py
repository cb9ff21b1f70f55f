"""What a measurement consists of."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)

Stages = dict[str, float]
"""Time of each stage by its name, in ms."""


def medians_by(keys: Iterable[Key], values: Iterable[float]) -> dict[Key, float]:
    """The median of the values of each key, so that photos of different sizes are held against themselves."""
    by_key: defaultdict[Key, list[float]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        by_key[key].append(value)
    return {key: median(its) for key, its in by_key.items()}


@dataclass(frozen=True, slots=True)
class Sample:
    """One query's way through the runtime.

    Attributes:
        query: its number among the queries.
        at_s: when it began, in seconds since the measurement began.
        total_ms: the whole, by one clock from end to end.
        probe_ms: what the probe took right after it, which tells how fast the machine was.
        stages_ms: the parts, as the runtime times them itself.
        reference_ms: what the reference took after it (see `reference`); None where there was none.
    """

    query: int
    at_s: float
    total_ms: float
    probe_ms: float
    stages_ms: Stages
    reference_ms: float | None = None


@dataclass(frozen=True)
class Warmup:
    """What ran before the first sample counted; `steady` is False where the limit came first."""

    samples: int
    seconds: float
    steady: bool


@dataclass(frozen=True)
class Recording:
    """Everything that was measured of one lane.

    Attributes:
        samples: in order of time; none is left out.
        warmup: what came before.
        images: images that each sample answers.
        elapsed_s: time measured, where it is not the sum of the latencies: with a camera there are pauses.
    """

    samples: tuple[Sample, ...]
    warmup: Warmup
    images: int = 1
    elapsed_s: float | None = None

    @property
    def totals_ms(self) -> list[float]:
        """Latency of each query."""
        return [sample.total_ms for sample in self.samples]

    def usual_ms(self) -> dict[int, float]:
        """The median latency of each query."""
        return medians_by((sample.query for sample in self.samples), self.totals_ms)

    @property
    def seconds(self) -> float:
        """Time measured: the sum of all latencies, or what passed."""
        return sum(self.totals_ms) / 1e3 if self.elapsed_s is None else self.elapsed_s

    def stage(self, name: str) -> list[float]:
        """One stage's times in ms, 0 where a query did not come to it."""
        return [sample.stages_ms.get(name, 0.0) for sample in self.samples]

    @property
    def stages_sum_share(self) -> float:
        """The stages' sum as a share of the whole."""
        parts = sum(sum(sample.stages_ms.values()) for sample in self.samples)
        return parts / sum(self.totals_ms)

    def columns(self, names: Sequence[str]) -> dict[str, Any]:
        """The samples as columns for a result file, from which `bench compare` works.

        Args:
            names: what each query is called; files' names, so that two runs can be paired.
        """
        return {
            "queries": list(names),
            "query": [sample.query for sample in self.samples],
            "at_s": [round(sample.at_s, 4) for sample in self.samples],
            "total_ms": [round(sample.total_ms, 4) for sample in self.samples],
            "probe_ms": [round(sample.probe_ms, 4) for sample in self.samples],
            "reference_ms": [
                sample.reference_ms and round(sample.reference_ms, 4) for sample in self.samples
            ],
        }
