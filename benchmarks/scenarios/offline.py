"""MLPerf Inference's offline scenario: all images are there at once, and only the throughput counts.

Batch sizes take turns in one run; the best is the one that processes most images a second. No percentile is
judged, so none asks for a number of samples. A batch is one sample, whatever its size, and there must be
enough of them to show whether the throughput was steady.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.scenarios.multi_stream import batch_workload
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import Workload
from edgebreed.benchmarks.stats.bootstrap import Interval, percentile_interval
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.edge.percentile import percentile

NAME = "offline"
PERCENTILE = None
BATCH_SIZES = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class BatchThroughput:
    """The throughput of a batch size.

    Attributes:
        size: images in a batch.
        images_per_second: over all that was measured.
        interval: of the median batch, at 95 % confidence, in images per second; None for a single batch.
        latency_p50_ms: of a whole batch.
    """

    size: int
    images_per_second: float
    interval: Interval | None
    latency_p50_ms: float

    @classmethod
    def of(cls, recording: Recording) -> "BatchThroughput":
        """Summarizes the batches of one size."""
        size, totals = recording.images, recording.totals_ms
        interval_ms = percentile_interval(totals, 50)
        return cls(
            size,
            len(totals) * size / recording.seconds,
            interval_ms and (size * 1e3 / interval_ms[1], size * 1e3 / interval_ms[0]),
            percentile(totals, 50),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "interval": self.interval and list(self.interval)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "BatchThroughput":
        """Reads what `to_dict` wrote."""
        return cls(**{**data, "interval": data["interval"] and tuple(data["interval"])})


def batch_workloads(
    system: SystemUnderTest, images: Sequence[Path], sizes: Sequence[int] = BATCH_SIZES
) -> list[Workload]:
    """A workload for each batch size."""
    return [batch_workload(system, images, size) for size in sizes]


def best_batch(batches: Sequence[BatchThroughput]) -> int:
    """Index of the batch size with the highest throughput."""
    return max(range(len(batches)), key=lambda index: batches[index].images_per_second)
