"""int8 weights, float arithmetic."""

from pathlib import Path

import numpy as np

from edgebreed.export.graph.index import Index, set_constant
from edgebreed.export.graph.slim import slim
from edgebreed.export.to_onnx import serialized
from edgebreed.export.weight_only import quantize_weights

from .graph.models import kinds, optimized, residual, run


def test_weights_are_bytes_with_a_scale_a_channel() -> None:
    """Of the output's channels, whichever axis they are on."""
    small = quantize_weights(residual())
    slim(small)
    serialized(small)
    index = Index(small)
    for name, shape in (("w0", (8, 1, 1, 1)), ("d1", (8, 1, 1, 1)), ("head", (1, 4))):
        scale, values = index.constant(f"{name}_scale"), index.constant(f"{name}_int8")
        assert scale is not None
        assert values is not None
        assert (shape, "int8", 127) == (scale.shape, str(values.dtype), int(np.abs(values).max()))
        assert name not in index.initializers
    assert np.abs(run(residual()) - run(small)).max() < 0.02


def test_onnx_runtime_turns_them_back_once_when_it_loads(tmp_path: Path) -> None:
    """What it runs is the float graph: no cast or multiplication of weights is left."""
    small = quantize_weights(residual())
    slim(small)
    assert optimized(residual(), tmp_path)["Cast"] == optimized(small, tmp_path)["Cast"]
    assert kinds(small)["Cast"] > optimized(small, tmp_path)["Cast"]


def test_a_channel_of_zeros_stays_zero() -> None:
    """No division by it."""
    plain = residual()
    weights = Index(plain).constant("w0")
    assert weights is not None
    set_constant(plain, "w0", np.where(np.arange(8)[:, None, None, None] == 3, 0, weights).astype(np.float32))
    assert np.isfinite(run(quantize_weights(plain))).all()
