"""The samples of a measurement: one latency for each query, with its parts."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, TypeVar

from edgebreed.edge.percentile import summary

Key = TypeVar("Key", bound=Hashable)

Stages = dict[str, float]
"""Time of each stage by its name, in ms."""


def medians_by(keys: Iterable[Key], values: Iterable[float]) -> dict[Key, float]:
    """The median of the values of each key.

    Dividing by it compares an image only with itself, so that images of different sizes do not look like
    changes of speed.
    """
    by_key: defaultdict[Key, list[float]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        by_key[key].append(value)
    return {key: median(group) for key, group in by_key.items()}


@dataclass(frozen=True, slots=True)
class LatencyStatistics:
    """Statistics of latencies; percentiles are by nearest rank, so each is a value that was measured.

    Attributes:
        p50: median, in ms.
        p90: 90th percentile, in ms.
        p95: 95th percentile, in ms.
        p99: 99th percentile, in ms.
        mean: arithmetic mean, in ms.
        max: the largest, in ms.
    """

    p50: float
    p90: float
    p95: float
    p99: float
    mean: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "LatencyStatistics":
        """Summarizes latencies in ms.

        Raises:
            ValueError: there are none.
        """
        found = summary(values)
        if found is None:
            raise ValueError("no latency was measured: at least one is needed")
        return cls(**found)


@dataclass(frozen=True, slots=True)
class Sample:
    """One query and what it took.

    Attributes:
        query: number of the query.
        at_s: when it was issued, in seconds since the measurement began.
        total_ms: latency from issuing the query to its result, by one clock.
        probe_ms: time of the `SpeedProbe` right after it.
        stages_ms: the stages, as the pipeline times them itself.
        reference_ms: time of the `ReferenceInference` after it; None where there was none.
    """

    query: int
    at_s: float
    total_ms: float
    probe_ms: float
    stages_ms: Stages
    reference_ms: float | None = None


@dataclass(frozen=True)
class Warmup:
    """What ran before the first sample.

    Attributes:
        samples: queries.
        seconds: duration.
        steady: whether the latency was steady at the end; False where the time limit came first.
    """

    samples: int
    seconds: float
    steady: bool


@dataclass(frozen=True)
class SampleColumns:
    """The samples of a result file, an entry each, from which `bench compare` works.

    Attributes:
        queries: name of each query: its image's path below the common folder.
        query: number of each sample's query.
        at_s: when each was issued, in seconds since the measurement began.
        total_ms: latencies.
        probe_ms: times of the `SpeedProbe`.
        reference_ms: times of the `ReferenceInference`; None where there was none.
    """

    queries: tuple[str, ...]
    query: tuple[int, ...]
    at_s: tuple[float, ...]
    total_ms: tuple[float, ...]
    probe_ms: tuple[float, ...]
    reference_ms: tuple[float | None, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {name: list(column) for name, column in asdict(self).items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "SampleColumns":
        """Reads what `to_dict` wrote."""
        return cls(**{name: tuple(column) for name, column in data.items()})


@dataclass(frozen=True)
class Recording:
    """All samples of one workload.

    Attributes:
        samples: in order of time; none is left out.
        warmup: what ran before.
        images: images in each query.
        elapsed_s: duration, where it is not the sum of the latencies: a camera makes pauses.
    """

    samples: tuple[Sample, ...]
    warmup: Warmup
    images: int = 1
    elapsed_s: float | None = None

    @property
    def totals_ms(self) -> list[float]:
        """The latencies."""
        return [sample.total_ms for sample in self.samples]

    def median_by_query(self) -> dict[int, float]:
        """The median latency of each query in ms."""
        return medians_by((sample.query for sample in self.samples), self.totals_ms)

    @property
    def seconds(self) -> float:
        """Time measured: the sum of all latencies, or what passed."""
        return sum(self.totals_ms) / 1e3 if self.elapsed_s is None else self.elapsed_s

    @property
    def stage_names(self) -> list[str]:
        """The stages, in the order in which they ran."""
        return list(dict.fromkeys(name for sample in self.samples for name in sample.stages_ms))

    def stage(self, name: str) -> list[float]:
        """A stage's time in each sample, in ms; 0 where a sample did not run it."""
        return [sample.stages_ms.get(name, 0.0) for sample in self.samples]

    @property
    def stages_sum_share(self) -> float:
        """The sum of all stages as a share of the sum of all latencies."""
        stages = sum(sum(sample.stages_ms.values()) for sample in self.samples)
        return stages / sum(self.totals_ms)

    def columns(self, names: Sequence[str]) -> SampleColumns:
        """The samples as columns, rounded to 0.1 µs.

        Args:
            names: name of each query, by which two runs are paired.
        """
        return SampleColumns(
            queries=tuple(names),
            query=tuple(sample.query for sample in self.samples),
            at_s=tuple(round(sample.at_s, 4) for sample in self.samples),
            total_ms=tuple(round(sample.total_ms, 4) for sample in self.samples),
            probe_ms=tuple(round(sample.probe_ms, 4) for sample in self.samples),
            reference_ms=tuple(
                sample.reference_ms and round(sample.reference_ms, 4) for sample in self.samples
            ),
        )
