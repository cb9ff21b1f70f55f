"""Half precision."""

import numpy as np

from edgebreed.export.float16 import to_float16
from edgebreed.export.graph.index import Index
from edgebreed.export.graph.slim import slim
from edgebreed.export.onnx_setup import onnx
from edgebreed.export.to_onnx import serialized

from .graph.models import residual, run


def test_weights_are_halved_and_the_ends_stay_as_they_were() -> None:
    """uint8 in, float32 out, nearly the same answers."""
    plain = residual()
    half = to_float16(plain)
    slim(half)
    serialized(half)
    assert onnx.TensorProto.UINT8 == half.graph.input[0].type.tensor_type.elem_type
    assert onnx.TensorProto.FLOAT == half.graph.output[0].type.tensor_type.elem_type
    assert np.float16 == getattr(Index(half).constant("w0"), "dtype", None)
    assert 0 < np.abs(run(plain) - run(half)).max() < 5e-3


def test_the_float_model_is_not_touched() -> None:
    """It is still needed to compare with."""
    plain = residual()
    before = plain.SerializeToString()
    to_float16(plain)
    assert before == plain.SerializeToString()
