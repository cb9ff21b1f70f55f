"""Several images a query, as from several cameras at once: MLPerf Inference's multi-stream scenario.

A query is answered when its last image is; it is judged by its p99.
"""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.benchmarks.scenarios.batches import answer_batch
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.scenarios.workload import Lane

NAME = "multi-stream"
PERCENTILE = 99
STREAMS = 8  # MLPerf's


def lane(subject: Subject, photos: Sequence[Path], streams: int = STREAMS) -> Lane:
    """Query k holds `streams` photos from the k-th on."""
    return Lane(
        subject.name,
        lambda number: answer_batch(subject, _from(photos, number, streams))[1],
        images=streams,
    )


def _from(photos: Sequence[Path], first: int, count: int) -> list[Path]:
    return [photos[(first + step) % len(photos)] for step in range(count)]
