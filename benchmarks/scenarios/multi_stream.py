"""MLPerf Inference's multi-stream scenario: several images a query, as from several cameras at once.

A query ends when its last image is done; the scenario is judged by the p99 latency. The inference is one
batch, the other steps run for each image.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest, separate_copies
from edgebreed.benchmarks.scenarios.workload import Workload
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.edge.decision import decide, top_guesses
from edgebreed.edge.engines import Answers
from edgebreed.edge.images import read_photo
from edgebreed.edge.pipeline import Stopwatch
from edgebreed.edge.preprocess import to_input
from edgebreed.edge.result import Result

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
    pipeline, watch = system.pipeline, Stopwatch()
    with watch.stage("decode"):
        frames = [read_photo(image) for image in images]
    with watch.stage("detect"):
        faces = [pipeline.detector.detect(frame) for frame in frames]
    with watch.stage("resize"):
        batch = np.stack([to_input(frame, pipeline.manifest.input) for frame in frames])
    with watch.stage("inference"):
        outputs = pipeline.engine.run(batch)
    with watch.stage("decision"):
        results = [
            Result(
                str(image),
                decide(_row(outputs, row), faces[row], pipeline.manifest),
                top_guesses(outputs.probabilities[row], pipeline.manifest.labels),
                tuple(faces[row]),
            )
            for row, image in enumerate(images)
        ]
    return results, separate_copies(watch.ms, getattr(pipeline.engine, "copies_ms", {}))


def _row(outputs: Answers, row: int) -> Answers:
    known = None if outputs.known is None else outputs.known[row : row + 1]
    return Answers(outputs.probabilities[row : row + 1], known)
