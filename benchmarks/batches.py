"""Several images at once, by the runtime's own batch path."""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.benchmarks.samples import Stages
from edgebreed.benchmarks.subject import Subject, split_inference
from edgebreed.edge.prediction import Result


def answer_batch(subject: Subject, photos: Sequence[Path]) -> tuple[list[Result], Stages]:
    """Answers photos together.

    Returns:
        A result each, and the stages of all in ms.
    """
    results = subject.pipeline.process_batch(photos)
    stages = {name: ms * len(results) for name, ms in results[0].stages_ms.items()}
    return results, split_inference(stages, getattr(subject.pipeline.engine, "copies_ms", {}))
