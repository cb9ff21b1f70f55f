"""The few fields of an ONNX file."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from edgebreed.edge.formats import onnx as wire
from edgebreed.errors import ModelFileError

from ...conftest import colour_model


def test_metadata_reads_what_onnx_wrote() -> None:
    """Keys, values, and letters beyond ASCII."""
    model = onnx.load_from_string(colour_model())
    helper.set_model_props(model, {"a": "1", "größe": "x" * 300})
    assert {"a": "1", "größe": "x" * 300} == wire.metadata(memoryview(model.SerializeToString()))


def test_onnx_reads_what_was_appended() -> None:
    """An entry is part of the model to every other reader."""
    data = colour_model() + wire.metadata_entry("key", "v" * 70_000)
    assert [("key", "v" * 70_000)] == [(p.key, p.value) for p in onnx.load_from_string(data).metadata_props]


def test_external_weights_are_seen() -> None:
    """A weight that points to another file."""
    model = onnx.load_from_string(colour_model())
    assert not wire.has_external_data(memoryview(model.SerializeToString()))
    tensor = numpy_helper.from_array(np.ones(4, np.float32), "w")
    onnx.external_data_helper.set_external_data(tensor, "weights.bin")
    model.graph.initializer.append(tensor)
    assert wire.has_external_data(memoryview(model.SerializeToString()))


@pytest.mark.parametrize(
    "data", [b"\x3a", b"\x3a\xff", b"\xff" * 12, b"\x3a\x7fshort", b"\x0b", b"not a model at all"]
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """Cut off, endless or of an unknown kind: one error, no crash."""
    with pytest.raises(ModelFileError, match=r"ONNX file"):
        list(wire.fields(memoryview(data)))
