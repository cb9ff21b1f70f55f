"""All images are there at once and only the throughput counts: MLPerf Inference's offline scenario.

Batch sizes take turns in one run; the best is the one that answers most images a second. No percentile of
the latency is judged, so none asks for a number of samples; a batch is one sample, however many images it
holds, and there must be enough of them to tell whether the throughput was steady.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.scenarios.multi_stream import lane as batch_lane
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.scenarios.workload import Lane
from edgebreed.benchmarks.stats.bootstrap import percentile_interval
from edgebreed.benchmarks.stats.samples import Recording
from edgebreed.edge.percentile import percentile

NAME = "offline"
PERCENTILE = None
BATCHES = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Batch:
    """What a batch size gave.

    Attributes:
        size: images a batch.
        images_per_second: over all that was measured.
        interval: of the median batch, at 95 % confidence, in images per second.
        latency_p50_ms: of a whole batch.
    """

    size: int
    images_per_second: float
    interval: tuple[float, float] | None
    latency_p50_ms: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return vars(self)


def lanes(subject: Subject, photos: Sequence[Path], sizes: Sequence[int] = BATCHES) -> list[Lane]:
    """A lane for each batch size."""
    return [batch_lane(subject, photos, size) for size in sizes]


def batches(recordings: Sequence[Recording]) -> list[Batch]:
    """What each batch size gave, in the order of the lanes."""
    return [_batch(recording) for recording in recordings]


def best(found: Sequence[Batch]) -> int:
    """Place of the batch size with the highest throughput."""
    return max(range(len(found)), key=lambda place: found[place].images_per_second)


def _batch(recording: Recording) -> Batch:
    size, totals = recording.images, recording.totals_ms
    around = percentile_interval(totals, 50)
    return Batch(
        size,
        len(totals) * size / recording.seconds,
        around and (size * 1e3 / around[1], size * 1e3 / around[0]),
        percentile(totals, 50),
    )
