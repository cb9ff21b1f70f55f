"""TFLite files as objects, and back."""

import numpy as np
import pytest

from edgebreed.errors import ProofError
from edgebreed.export.tflite.flatbuffer import (
    ALIGNMENT,
    only_taker,
    operator_name,
    packed,
    parse,
    require_builtin,
    schema,
)

from .models import answers, small_tflite


def test_a_model_comes_back_with_its_weights_aligned() -> None:
    """It answers as before."""
    body = small_tflite()
    again = packed(parse(body))
    np.testing.assert_array_equal(answers(body), answers(again))
    root = schema.Model.GetRootAs(again, 0)
    starts = [
        root.Buffers(place).DataAsNumpy().__array_interface__["data"][0]
        for place in range(root.BuffersLength())
        if not root.Buffers(place).DataIsNone()
    ]
    first = np.frombuffer(again, np.uint8).__array_interface__["data"][0]
    assert {0} == {(start - first) % ALIGNMENT for start in starts}


def test_weights_behind_the_flatbuffer_are_found() -> None:
    """As large files keep them."""
    model = parse(small_tflite())
    place, kept = max(
        enumerate(model.buffers), key=lambda item: 0 if item[1].data is None else len(item[1].data)
    )
    weights = bytes(kept.data)
    model.buffers[place] = schema.BufferT(None, 2**20, len(weights))
    outside = packed(model).ljust(2**20, b"\0") + weights
    np.testing.assert_array_equal(answers(small_tflite()), answers(packed(parse(outside))))


def test_custom_operators_are_refused_by_name() -> None:
    """A plain LiteRT has none of TensorFlow's."""
    model = parse(small_tflite())
    require_builtin(model)
    model.operatorCodes[0].customCode = b"FlexErf"
    with pytest.raises(ProofError, match="needs FlexErf, which device runtimes lack: use layers that"):
        require_builtin(model)


def test_an_operator_is_found_by_what_it_takes() -> None:
    """The first is a cast of the image."""
    model = parse(small_tflite())
    graph = model.subgraphs[0]
    cast = only_taker(graph, graph.inputs[0])
    assert "CAST" == operator_name(model, cast)
    assert only_taker(graph, graph.outputs[0]) is None
