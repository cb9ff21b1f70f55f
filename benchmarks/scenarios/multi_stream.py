"""MLPerf Inference's multi-stream scenario: several images a query, as from several cameras at once.

A query ends when its last image is done; the scenario is judged by the p99 latency. The inference is one
batch, the other steps run for each image.
"""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest, separate_copies
from edgebreed.benchmarks.scenarios.workload import Workload
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.edge.prediction import Result

NAME = "multi-stream"
PERCENTILE = 99
STREAMS = 8  # MLPerf's


def batch_workload(system: SystemUnderTest, images: Sequence[Path], size: int = STREAMS) -> Workload:
    """Query k is a batch of `size` image files from the k-th on."""
    return Workload(
        system.name,
        lambda number: process_batch(system, _batch(images, number, size))[1],
        images=size,
    )


def _batch(images: Sequence[Path], first: int, size: int) -> list[Path]:
    return [images[(first + step) % len(images)] for step in range(size)]


def process_batch(system: SystemUnderTest, images: Sequence[Path]) -> tuple[list[Result], Stages]:
    """Processes image files as one batch.

    Returns:
        The result of each, and the stages of the whole batch in ms.
    """
    results = system.pipeline.process_batch(images)
    stages = {name: ms * len(results) for name, ms in results[0].stages_ms.items()}
    return results, separate_copies(stages, getattr(system.pipeline.engine, "copies_ms", {}))
