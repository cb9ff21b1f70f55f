"""Folds the scaling of pixels into the first convolution.

`conv(x * scale + offset)` equals `conv'(x)`, whose weights are multiplied by `scale` and whose bias gains
`offset` times the sum of the weights. With padding this is exact for the scale alone: padded pixels are 0
after the offset, not before. An int8 model can then take the image's bytes without rounding them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.graph.index import GraphIndex, Model, Node, attribute, replace_input, set_constant


@dataclass(frozen=True)
class _Rescaling:
    """The operators between the image's float pixels and the first convolution.

    Attributes:
        pixels: name of the value that holds the pixels as float, before scaling.
        scale: the product of all multiplications.
        offset: what is added after them.
        last: the last of the operators.
        conv: the convolution.
    """

    pixels: str
    scale: float
    offset: float
    last: Node
    conv: Node


def fold_rescaling(model: Model) -> bool:
    """Folds the scaling of pixels into the first convolution, where that is exact.

    Returns:
        Whether the graph was changed.
    """
    index = GraphIndex(model)
    found = _find(index)
    if found is None or (found.offset and _is_padded(found.conv)):
        return False
    weights = index.constant(found.conv.input[1])
    if weights is None:
        return False
    _fold(model, index, found, weights.astype(np.float64))
    scaled = found.last.output[0]
    replace_input(index.consumers[scaled], scaled, found.pixels)
    return True


def _find(index: GraphIndex) -> _Rescaling | None:
    cast = next(iter(index.consumers[index.graph.input[0].name]), None)
    if cast is None or cast.op_type != "Cast":
        return None
    scale, offset, last, value = 1.0, 0.0, cast, cast.output[0]
    node = index.only_consumer(value)
    while node is not None and node.op_type in {"Mul", "Add"}:
        number = _scalar(index, node)
        if number is None:
            return None
        scale, offset = (
            (scale * number, offset * number) if node.op_type == "Mul" else (scale, offset + number)
        )
        last, value = node, node.output[0]
        node = index.only_consumer(value)
    if node is not None and node.op_type == "Transpose":
        node = index.only_consumer(node.output[0])
    if last is cast or node is None or node.op_type != "Conv":
        return None
    return _Rescaling(cast.output[0], scale, offset, last, node)


def _scalar(index: GraphIndex, node: Node) -> float | None:
    constants = [values for name in node.input if (values := index.constant(name)) is not None]
    return float(constants[0].item()) if len(constants) == 1 and constants[0].size == 1 else None


def _is_padded(conv: Node) -> bool:
    without = {b"NOTSET", b"VALID"}
    return any(attribute(conv, "pads", [])) or attribute(conv, "auto_pad", b"NOTSET") not in without


def _fold(model: Model, index: GraphIndex, found: _Rescaling, weights: NDArray[np.float64]) -> None:
    conv = found.conv
    bias = index.constant(conv.input[2]) if len(conv.input) > 2 else None
    shift = found.offset * weights.sum(axis=(1, 2, 3))
    names = [f"{conv.name}_weights", f"{conv.name}_bias"]
    set_constant(model, names[0], (weights * found.scale).astype(np.float32))
    set_constant(model, names[1], (shift + (0 if bias is None else bias)).astype(np.float32))
    conv.input[:] = [conv.input[0], *names]
