"""Where nodes run."""

from pathlib import Path
from types import SimpleNamespace

import onnxruntime
import pytest

from edgebreed.edge.engines.onnx_runtime import OnnxRuntimeEngine
from edgebreed.edge.engines.placement import Placement, placement_of
from edgebreed.edge.formats import read_model


@pytest.mark.skipif(
    not hasattr(onnxruntime.InferenceSession, "get_provider_graph_assignment_info"),
    reason="ONNX Runtime tells it since 1.24, of which there is none for Python 3.10",
)
def test_a_session_tells_where_its_nodes_run(colours: Path) -> None:
    """All four of them on the processor."""
    placement = OnnxRuntimeEngine(read_model(colours), "CPUExecutionProvider").placement
    assert {"CPUExecutionProvider": 4} == placement.nodes
    assert "4 of 4 nodes on the processor" == str(placement)


def test_nodes_of_several_providers_are_counted() -> None:
    """By the provider that each part of the graph was given to."""
    parts = [("CUDAExecutionProvider", 3), ("CPUExecutionProvider", 1), ("CUDAExecutionProvider", 4)]
    session = SimpleNamespace(
        get_provider_graph_assignment_info=lambda: [
            SimpleNamespace(ep_name=name, get_nodes=lambda count=count: [None] * count)
            for name, count in parts
        ]
    )
    assert Placement({"CUDAExecutionProvider": 7, "CPUExecutionProvider": 1}) == placement_of(session)
    assert (1, 8) == (placement_of(session).on_processor, placement_of(session).total)


def test_older_runtimes_tell_nothing() -> None:
    """Nothing is then known to be on the processor."""
    assert 0 == placement_of(SimpleNamespace()).on_processor
