"""One integer type for all activations.

A quantizer may choose signed and unsigned bytes tensor by tensor. ONNX Runtime fuses an operator into an
integer kernel only where input and output have one type, so a mixed graph runs half in float; TensorRT
takes signed bytes with zero point 0 alone.
"""

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.graph.index import Index, Model, Node, set_constant

SHIFT = 128  # between a signed and an unsigned byte of the same meaning


def unify_activations(model: Model, signed: bool) -> int:
    """Turns every activation's bytes to one type; zero points move along, so the values stay.

    Args:
        model: with QuantizeLinear and DequantizeLinear pairs.
        signed: int8, else uint8.

    Returns:
        How many quantizers were changed.
    """
    wanted = np.dtype(np.int8 if signed else np.uint8)
    changed = [pair for pair in _pairs(model) if pair.zero.dtype != wanted]
    for pair in changed:
        moved = pair.zero.astype(np.int32) + (-SHIFT if signed else SHIFT)
        pair.set(model, pair.scale, moved.astype(wanted))
    return len(changed)


def make_symmetric(model: Model) -> int:
    """Gives every activation signed bytes with zero point 0, over a range that holds its old one.

    Returns:
        How many quantizers were changed.
    """
    changed = [pair for pair in _pairs(model) if pair.zero.dtype != np.int8 or pair.zero.any()]
    for pair in changed:
        limits = np.iinfo(pair.zero.dtype)
        ends = [abs(int(end) - pair.zero.astype(np.float64)) for end in (limits.min, limits.max)]
        scale = pair.scale * np.maximum(*ends) / np.iinfo(np.int8).max
        pair.set(model, scale.astype(np.float32), np.zeros(pair.zero.shape, np.int8))
    return len(changed)


class _Pair:
    """A quantizer of an activation with the dequantizers behind it."""

    def __init__(self, index: Index, quantizer: Node) -> None:
        self.name = quantizer.output[0]
        self.nodes = [quantizer, *index.takers[self.name]]
        scale, zero = (index.constant(name) for name in quantizer.input[1:3])
        assert scale is not None
        assert zero is not None
        self.scale: NDArray[np.float32] = scale
        self.zero = zero

    def set(self, model: Model, scale: NDArray[np.float32], zero: NDArray[np.generic]) -> None:
        """Gives all of them other parameters."""
        names = [f"{self.name}_unified_{part}" for part in ("scale", "zero")]
        set_constant(model, names[0], scale)
        set_constant(model, names[1], zero)
        for node in self.nodes:
            node.input[1:] = names


def _pairs(model: Model) -> list[_Pair]:
    index = Index(model)
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    return [_Pair(index, node) for node in quantizers if index.constant(node.input[2]) is not None]
