"""MLPerf Inference's single-stream scenario: one image after another, judged by the p90 latency."""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import Workload

NAME = "single-stream"
PERCENTILE = 90


def single_stream_workload(system: SystemUnderTest, images: Sequence[Path]) -> Workload:
    """Query k is image file k, processed as `edgebreed predict` does."""
    return Workload(system.name, lambda number: system.process_file(images[number]))
