"""ONNX with int8 weights and float arithmetic."""

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.graph.float_layers import WEIGHTED
from edgebreed.export.graph.index import Index, Model, Node, attribute, copied, set_constant
from edgebreed.export.onnx_setup import onnx

LEVELS = 127  # each side of 0


def quantize_weights(model: Model) -> Model:
    """Keeps each weight tensor as int8 with a scale an output channel, symmetric.

    A cast and a multiplication turn it back, not a DequantizeLinear: ONNX Runtime computes the former
    once, when it loads the file, and the latter for every photo (1.38 of the float32 time on Xception).

    Returns:
        A copy of the model.
    """
    copy = copied(model)
    index = Index(copy)
    for node in list(copy.graph.node):
        weights = index.constant(node.input[1]) if node.op_type in WEIGHTED else None
        if weights is not None:
            _quantize(copy, node, weights)
    return copy


def _quantize(model: Model, node: Node, weights: NDArray[np.float32]) -> None:
    scale = _scales(weights, channel_axis(node))
    names = [f"{node.input[1]}_{part}" for part in ("int8", "scale", "cast", "float")]
    set_constant(model, names[0], np.clip(np.rint(weights / scale), -LEVELS, LEVELS).astype(np.int8))
    set_constant(model, names[1], scale)
    cast = onnx.helper.make_node("Cast", [names[0]], [names[2]], names[2], to=onnx.TensorProto.FLOAT)
    multiply = onnx.helper.make_node("Mul", [names[2], names[1]], [names[3]], names[3])
    model.graph.node.insert(0, multiply)
    model.graph.node.insert(0, cast)
    node.input[1] = names[3]


def channel_axis(node: Node) -> int:
    """The axis of the output channels in a layer's weights."""
    if node.op_type == "Conv":
        return 0
    return 0 if node.op_type == "Gemm" and attribute(node, "transB", 0) else 1


def _scales(weights: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """One a channel, shaped to multiply; 1 for a channel of zeros."""
    others = tuple(place for place in range(weights.ndim) if place != axis)
    largest = np.abs(weights).max(axis=others, keepdims=True)
    return np.where(largest > 0, largest / LEVELS, 1).astype(np.float32)
