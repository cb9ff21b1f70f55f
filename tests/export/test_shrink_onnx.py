"""float16, and int8 weights with float arithmetic."""

from pathlib import Path

import numpy as np

from edgebreed.export.graph.index import GraphIndex, clean_up, onnx, serialized, set_constant
from edgebreed.export.shrink_onnx import quantize_weights, to_float16

from .graph.models import kinds, optimized, residual, run


def test_weights_become_float16_and_input_and_output_keep_their_types() -> None:
    """uint8 in, float32 out, nearly the same outputs."""
    plain = residual()
    half = to_float16(plain)
    clean_up(half)
    serialized(half)
    assert onnx.TensorProto.UINT8 == half.graph.input[0].type.tensor_type.elem_type
    assert onnx.TensorProto.FLOAT == half.graph.output[0].type.tensor_type.elem_type
    assert np.float16 == getattr(GraphIndex(half).constant("w0"), "dtype", None)
    assert 0 < np.abs(run(plain) - run(half)).max() < 5e-3


def test_the_float_model_is_not_changed() -> None:
    """It is still needed to compare with."""
    plain = residual()
    before = plain.SerializeToString()
    to_float16(plain)
    assert before == plain.SerializeToString()


def test_weights_are_int8_with_one_scale_an_output_channel() -> None:
    """Whichever axis the output channels are on."""
    small = quantize_weights(residual())
    clean_up(small)
    serialized(small)
    index = GraphIndex(small)
    for name, shape in (("w0", (8, 1, 1, 1)), ("d1", (8, 1, 1, 1)), ("head", (1, 4))):
        scale, values = index.constant(f"{name}_scale"), index.constant(f"{name}_int8")
        assert scale is not None
        assert values is not None
        assert (shape, "int8", 127) == (scale.shape, str(values.dtype), int(np.abs(values).max()))
        assert name not in index.initializers
    assert np.abs(run(residual()) - run(small)).max() < 0.02


def test_onnx_runtime_dequantizes_weights_when_it_loads_the_file(tmp_path: Path) -> None:
    """It then runs the float graph: no cast or multiplication of weights is left."""
    small = quantize_weights(residual())
    clean_up(small)
    assert optimized(residual(), tmp_path)["Cast"] == optimized(small, tmp_path)["Cast"]
    assert kinds(small)["Cast"] > optimized(small, tmp_path)["Cast"]


def test_a_channel_of_zeros_stays_zero() -> None:
    """No division by zero."""
    plain = residual()
    weights = GraphIndex(plain).constant("w0")
    assert weights is not None
    set_constant(plain, "w0", np.where(np.arange(8)[:, None, None, None] == 3, 0, weights).astype(np.float32))
    assert np.isfinite(run(quantize_weights(plain))).all()
