"""Rewrites of quantized graphs (QDQ form) for the integer kernels of ONNX Runtime and TensorRT.

In QDQ form each quantized value passes through a QuantizeLinear and a DequantizeLinear. A runtime fuses these
with the operator between them into one integer kernel where it recognises the pattern. The rewrites here
produce patterns that it recognises.
"""

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.graph.index import (
    GraphIndex,
    Model,
    Node,
    insert_after,
    onnx,
    replace_input,
    set_constant,
)

SIGNED_OFFSET = 128  # an unsigned byte less this is the signed byte of the same meaning


def unify_activation_types(model: Model, signed: bool) -> int:
    """Gives all activations one integer type; zero points move along, so that values stay the same.

    A quantizer may choose signed and unsigned bytes tensor by tensor. ONNX Runtime fuses an operator only
    where its input and its output have one type, so a mixed graph runs half in float.

    Args:
        model: in QDQ form.
        signed: int8, else uint8.

    Returns:
        How many quantizers were changed.
    """
    wanted = np.dtype(np.int8 if signed else np.uint8)
    changed = [quantizer for quantizer in _quantizers(model) if quantizer.zero_point.dtype != wanted]
    for quantizer in changed:
        moved = quantizer.zero_point.astype(np.int32) + (-SIGNED_OFFSET if signed else SIGNED_OFFSET)
        quantizer.set(model, quantizer.scale, moved.astype(wanted))
    return len(changed)


def make_symmetric(model: Model) -> int:
    """Makes all activations signed bytes with zero point 0, over a range that includes the old one.

    TensorRT accepts no others. Steps become coarser, by half at most.

    Returns:
        How many quantizers were changed.
    """
    changed = [q for q in _quantizers(model) if q.zero_point.dtype != np.int8 or q.zero_point.any()]
    for quantizer in changed:
        limits = np.iinfo(quantizer.zero_point.dtype)
        zero = quantizer.zero_point.astype(np.float64)
        ends = [abs(int(end) - zero) for end in (limits.min, limits.max)]
        scale = quantizer.scale * np.maximum(*ends) / np.iinfo(np.int8).max
        quantizer.set(model, scale.astype(np.float32), np.zeros(zero.shape, np.int8))
    return len(changed)


class _Quantizer:
    """A QuantizeLinear of an activation with the DequantizeLinears that read it."""

    def __init__(self, index: GraphIndex, node: Node) -> None:
        self.name = node.output[0]
        self.nodes = [node, *index.consumers[self.name]]
        scale, zero_point = (index.constant(name) for name in node.input[1:3])
        assert scale is not None
        assert zero_point is not None
        self.scale: NDArray[np.float32] = scale
        self.zero_point = zero_point

    def set(self, model: Model, scale: NDArray[np.float32], zero_point: NDArray[np.generic]) -> None:
        """Gives all of them other parameters."""
        names = [f"{self.name}_unified_{part}" for part in ("scale", "zero")]
        set_constant(model, names[0], scale)
        set_constant(model, names[1], zero_point)
        for node in self.nodes:
            node.input[1:] = names


def _quantizers(model: Model) -> list[_Quantizer]:
    index = GraphIndex(model)
    nodes = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    return [_Quantizer(index, node) for node in nodes if index.constant(node.input[2]) is not None]


def quantize_pixels_exactly(model: Model) -> bool:
    """Gives the quantizer of the input a step of one grey level, which loses nothing.

    An unsigned one then outputs the image's own bytes, so the cast and the quantizer are bypassed.

    Returns:
        Whether the graph was changed.
    """
    index = GraphIndex(model)
    image = index.graph.input[0].name
    cast = index.only_consumer(image)
    quantizer = index.only_consumer(cast.output[0]) if cast is not None and cast.op_type == "Cast" else None
    if cast is None or quantizer is None or not _spans_pixels(index, quantizer):
        return False
    zero_point = index.constant(quantizer.input[2])
    assert zero_point is not None
    names = [f"{image}_scale", f"{image}_zero_point"]
    set_constant(model, names[0], np.asarray(1, np.float32))
    set_constant(model, names[1], np.asarray(np.iinfo(zero_point.dtype).min, zero_point.dtype))
    dequantizers = index.consumers[quantizer.output[0]]
    for node in (quantizer, *dequantizers):
        node.input[1:] = names
    if zero_point.dtype == np.uint8:
        replace_input(dequantizers, quantizer.output[0], image)
    return True


def _spans_pixels(index: GraphIndex, quantizer: Node) -> bool:
    """Whether it maps about 0..255 to all 256 steps, as the range of unscaled pixels is."""
    if quantizer.op_type != "QuantizeLinear":
        return False
    scale, zero_point = (index.constant(name) for name in quantizer.input[1:3])
    if scale is None or zero_point is None or zero_point.size != 1:
        return False
    return bool(zero_point.item() == np.iinfo(zero_point.dtype).min and 0.5 < scale.item() <= 1.001)


def remove_redundant_relus(model: Model) -> int:
    """Removes each Relu whose consumers are all quantizers with 0 as their lowest value.

    Saturation clips negative values as the Relu did. ONNX Runtime does this too, but only after it has looked
    for integer additions, so that an addition in front of a Relu stays float.

    Returns:
        How many were removed.
    """
    index = GraphIndex(model)
    relus = [node for node in model.graph.node if node.op_type == "Relu" and _is_redundant(index, node)]
    for node in relus:
        replace_input(index.consumers[node.output[0]], node.output[0], node.input[0])
        model.graph.node.remove(node)
    return len(relus)


def _is_redundant(index: GraphIndex, relu: Node) -> bool:
    consumers = index.consumers[relu.output[0]]
    is_output = relu.output[0] in index.outputs
    return bool(consumers) and not is_output and all(_clips_negatives(index, node) for node in consumers)


def _clips_negatives(index: GraphIndex, node: Node) -> bool:
    if node.op_type != "QuantizeLinear":
        return False
    zero_point = index.constant(node.input[2])
    if zero_point is None or zero_point.size != 1:
        return False
    return bool(zero_point.item() == np.iinfo(zero_point.dtype).min)


def duplicate_shared_additions(model: Model) -> int:
    """Copies each addition of dequantized values that two quantizers read, so that each has its own.

    Xception adds a block's input to its output and uses the sum twice, with two ranges: through a Relu in
    the next block, and as it is in the next addition. ONNX Runtime fuses an addition with one quantizer into
    an integer kernel (QLinearAdd) and runs one with two in float. Two integer additions cost less than a
    float one. The copy has its inputs swapped, else ONNX Runtime would merge the two again.

    Returns:
        How many were copied.
    """
    index = GraphIndex(model)
    shared = [node for node in model.graph.node if _is_shared(index, node)]
    for node in shared:
        second = index.consumers[node.output[0]][1]
        name = f"{node.output[0]}_again"
        copy = onnx.helper.make_node("Add", [node.input[1], node.input[0]], [name], name=f"{node.name}_again")
        replace_input([second], node.output[0], name)
        insert_after(model, node, copy)
    return len(shared)


def _is_shared(index: GraphIndex, node: Node) -> bool:
    consumers = index.consumers[node.output[0]]
    return (
        node.op_type == "Add"
        and len(consumers) == 2
        and node.output[0] not in index.outputs
        and all(consumer.op_type == "QuantizeLinear" for consumer in consumers)
        and all(_is_dequantized(index, name) for name in node.input)
    )


def _is_dequantized(index: GraphIndex, name: str) -> bool:
    """Whether a value comes from a DequantizeLinear, perhaps through pooling, which runs on bytes."""
    pool = index.producer(name, "MaxPool")
    return index.producer(pool.input[0] if pool else name, "DequantizeLinear") is not None
