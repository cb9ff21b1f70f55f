"""Several images a query."""

from pathlib import Path

from edgebreed.benchmarks.scenarios.drawn import write_drawn
from edgebreed.benchmarks.scenarios.multi_stream import lane
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.edge.engines import EngineOptions


def test_a_query_holds_as_many_images_as_there_are_streams(colours: Path, tmp_path: Path) -> None:
    """Also more than there are photos."""
    multi = lane(Subject.open(colours, EngineOptions("cpu")), write_drawn(tmp_path), streams=6)
    assert 6 == multi.images
    assert {"decode", "detect", "resize", "inference", "decision"} == multi.ask(3).keys()
