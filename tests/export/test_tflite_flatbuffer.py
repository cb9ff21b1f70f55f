"""TFLite files parsed and serialized again."""

import numpy as np
import pytest

from edgebreed.errors import ProofError
from edgebreed.export.tflite_flatbuffer import (
    ALIGNMENT,
    only_consumer,
    operator_name,
    parse,
    require_builtin,
    schema,
    serialized,
)

from .tflite_models import run, small_tflite


def test_a_serialized_model_has_its_weights_aligned() -> None:
    """Its outputs are as before."""
    model_bytes = small_tflite()
    again = serialized(parse(model_bytes))
    np.testing.assert_array_equal(run(model_bytes), run(again))
    root = schema.Model.GetRootAs(again, 0)
    starts = [
        root.Buffers(place).DataAsNumpy().__array_interface__["data"][0]
        for place in range(root.BuffersLength())
        if not root.Buffers(place).DataIsNone()
    ]
    first = np.frombuffer(again, np.uint8).__array_interface__["data"][0]
    assert {0} == {(start - first) % ALIGNMENT for start in starts}


def test_weights_behind_the_flatbuffer_are_found() -> None:
    """Large files store them there."""
    model = parse(small_tflite())
    place, kept = max(
        enumerate(model.buffers), key=lambda item: 0 if item[1].data is None else len(item[1].data)
    )
    weights = bytes(kept.data)
    model.buffers[place] = schema.BufferT(None, 2**20, len(weights))
    outside = serialized(model).ljust(2**20, b"\0") + weights
    np.testing.assert_array_equal(run(small_tflite()), run(serialized(parse(outside))))


def test_custom_operators_are_refused_by_name() -> None:
    """LiteRT has none of TensorFlow's."""
    model = parse(small_tflite())
    require_builtin(model)
    model.operatorCodes[0].customCode = b"FlexErf"
    with pytest.raises(ProofError, match="needs FlexErf, which device runtimes lack: use layers that"):
        require_builtin(model)


def test_an_operator_is_found_by_its_input() -> None:
    """The first one casts the image."""
    model = parse(small_tflite())
    graph = model.subgraphs[0]
    cast = only_consumer(graph, graph.inputs[0])
    assert "CAST" == operator_name(model, cast)
    assert only_consumer(graph, graph.outputs[0]) is None
