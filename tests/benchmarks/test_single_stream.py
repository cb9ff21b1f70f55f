"""Latency per image by the runtime's own path."""

from pathlib import Path

from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.single_stream import lane
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions


def test_a_query_is_a_photo_on_predicts_way(colours: Path, tmp_path: Path) -> None:
    """From the file to the answer, with the stages that the runtime times itself."""
    photos = write_drawn(tmp_path)
    single = lane(Subject.open(colours, EngineOptions("cpu")), photos)
    assert ("colours fp32 in onnxruntime/CPUExecutionProvider", 1) == (single.name, single.images)
    stages = single.ask(3)
    assert ["decode", "resize", "inference", "decision"] == list(stages)
    assert all(ms > 0 for ms in stages.values())
