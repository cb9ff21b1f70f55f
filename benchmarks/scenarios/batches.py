"""Several images at once, by the runtime's own steps: inference is shared, the rest is done for each."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgebreed.benchmarks.scenarios.system_under_test import Subject, split_inference
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.edge.decision import decide, top_guesses
from edgebreed.edge.engines import Answers
from edgebreed.edge.images import read_photo
from edgebreed.edge.pipeline import Stopwatch
from edgebreed.edge.preprocess import to_input
from edgebreed.edge.result import Result


def answer_batch(subject: Subject, photos: Sequence[Path]) -> tuple[list[Result], Stages]:
    """Answers photos together.

    Returns:
        A result each, and the stages of all in ms.
    """
    pipeline, watch = subject.pipeline, Stopwatch()
    with watch.stage("decode"):
        frames = [read_photo(photo) for photo in photos]
    with watch.stage("detect"):
        faces = [pipeline.detector.detect(frame) for frame in frames]
    with watch.stage("resize"):
        batch = np.stack([to_input(frame, pipeline.manifest.input) for frame in frames])
    with watch.stage("inference"):
        outputs = pipeline.engine.run(batch)
    with watch.stage("decision"):
        results = [
            Result(
                str(photo),
                decide(_row(outputs, row), faces[row], pipeline.manifest),
                top_guesses(outputs.probabilities[row], pipeline.manifest.labels),
                tuple(faces[row]),
            )
            for row, photo in enumerate(photos)
        ]
    return results, split_inference(watch.ms, getattr(pipeline.engine, "copies_ms", {}))


def _row(outputs: Answers, row: int) -> Answers:
    known = None if outputs.known is None else outputs.known[row : row + 1]
    return Answers(outputs.probabilities[row : row + 1], known)
