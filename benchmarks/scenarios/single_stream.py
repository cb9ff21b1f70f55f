"""Latency per image, one after another: MLPerf Inference's single-stream scenario, judged by its p90."""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.scenarios.workload import Lane

NAME = "single-stream"
PERCENTILE = 90


def lane(subject: Subject, photos: Sequence[Path]) -> Lane:
    """Sends each photo through `Pipeline.process_photo`, as `predict` does."""
    return Lane(subject.name, lambda number: subject.answer(photos[number]))
