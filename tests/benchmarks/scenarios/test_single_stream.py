"""Latency per image by the runtime's own path."""

from pathlib import Path

from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.scenarios.single_stream import single_stream_workload
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.edge.engines import EngineOptions


def test_a_query_is_a_photo_as_predict_processes_it(colours: Path, tmp_path: Path) -> None:
    """From the file to the result, with the stages that the pipeline times itself."""
    photos = write_synthetic_images(tmp_path)
    workload = single_stream_workload(SystemUnderTest.open(colours, EngineOptions("cpu")), photos)
    assert ("colours fp32 in onnxruntime/CPUExecutionProvider", 1) == (workload.name, workload.images)
    stages = workload.issue_query(3)
    assert ["decode", "resize", "inference", "detect", "decision"] == list(stages)
    assert all(ms > 0 for ms in stages.values())
