"""ONNX with smaller weights and no calibration: float16, or int8 weights with float arithmetic."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.errors import MissingExtraError
from edgebreed.export.graph.float_layers import WEIGHTED_OPS
from edgebreed.export.graph.index import GraphIndex, Model, Node, attribute, copied, onnx, set_constant

INT8_MAX = 127  # symmetric: -128 is not used


def to_float16(model: Model) -> Model:
    """A copy with weights and arithmetic in float16, by ONNX Runtime's own converter; outputs stay float32.

    On a CPU without float16 arithmetic ONNX Runtime converts it back when it loads the file, so it runs as
    fast as the float32 file.

    Raises:
        MissingExtraError: ONNX Runtime is not installed.
    """
    try:
        float16 = telemetry.import_quietly("onnxruntime.transformers.float16")
    except ImportError as error:
        raise MissingExtraError("float16 export (ONNX Runtime)", "cpu") from error
    copy = copied(model)
    del copy.graph.value_info[:]  # shapes and types of float32; inferred again later
    return cast(Model, float16.convert_float_to_float16(copy, keep_io_types=True))


def quantize_weights(model: Model) -> Model:
    """A copy with symmetric int8 weights, one scale an output channel.

    A Cast and a Mul dequantize each weight tensor, not a DequantizeLinear: ONNX Runtime folds the former
    once, when it loads the file, and runs the latter for every image (1.38 of the float32 time on Xception).
    """
    copy = copied(model)
    index = GraphIndex(copy)
    for node in list(copy.graph.node):
        weights = index.constant(node.input[1]) if node.op_type in WEIGHTED_OPS else None
        if weights is not None:
            _quantize(copy, node, weights)
    return copy


def _quantize(model: Model, node: Node, weights: NDArray[np.float32]) -> None:
    scale = _scales(weights, _channel_axis(node))
    names = [f"{node.input[1]}_{part}" for part in ("int8", "scale", "cast", "float")]
    set_constant(model, names[0], np.clip(np.rint(weights / scale), -INT8_MAX, INT8_MAX).astype(np.int8))
    set_constant(model, names[1], scale)
    cast_node = onnx.helper.make_node("Cast", [names[0]], [names[2]], names[2], to=onnx.TensorProto.FLOAT)
    multiply = onnx.helper.make_node("Mul", [names[2], names[1]], [names[3]], names[3])
    model.graph.node.insert(0, multiply)
    model.graph.node.insert(0, cast_node)
    node.input[1] = names[3]


def _channel_axis(node: Node) -> int:
    """The axis of the output channels in the weights of a Conv, MatMul or Gemm."""
    if node.op_type == "Conv":
        return 0
    return 0 if node.op_type == "Gemm" and attribute(node, "transB", 0) else 1


def _scales(weights: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """One scale a channel, shaped to multiply with the weights; 1 for a channel of zeros."""
    others = tuple(place for place in range(weights.ndim) if place != axis)
    largest = np.abs(weights).max(axis=others, keepdims=True)
    return np.where(largest > 0, largest / INT8_MAX, 1).astype(np.float32)
