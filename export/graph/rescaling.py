"""Folds the scaling of pixels into the first convolution.

`conv(x * scale + offset)` is `conv'(x)` with weights times `scale` and a bias that the offset's sum over
the weights is added to. With padding this holds for the scale alone: padded pixels are 0 after the
offset, not before. The int8 model then takes the photo's bytes as they are, without loss.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.graph.index import Index, Model, Node, attribute, redirect, set_constant


@dataclass(frozen=True)
class _Chain:
    """The steps from the photo's float pixels to the first convolution."""

    start: str
    scale: float
    offset: float
    last: Node
    conv: Node


def fold_rescaling(model: Model) -> bool:
    """Folds the scaling in, where the graph has one and it can be folded exactly.

    Returns:
        Whether the graph was changed.
    """
    index = Index(model)
    chain = _find(index)
    if chain is None or (chain.offset and _is_padded(chain.conv)):
        return False
    weights = index.constant(chain.conv.input[1])
    if weights is None:
        return False
    _fold(model, index, chain, weights.astype(np.float64))
    redirect(index.takers[chain.last.output[0]], chain.last.output[0], chain.start)
    return True


def _find(index: Index) -> _Chain | None:
    cast = next(iter(index.takers[index.graph.input[0].name]), None)
    if cast is None or cast.op_type != "Cast":
        return None
    scale, offset, last, value = 1.0, 0.0, cast, cast.output[0]
    node = index.only_taker(value)
    while node is not None and node.op_type in {"Mul", "Add"}:
        factor = _scalar(index, node)
        if factor is None:
            return None
        scale, offset = (
            (scale * factor, offset * factor) if node.op_type == "Mul" else (scale, offset + factor)
        )
        last, value = node, node.output[0]
        node = index.only_taker(value)
    if node is not None and node.op_type == "Transpose":
        node = index.only_taker(node.output[0])
    if last is cast or node is None or node.op_type != "Conv":
        return None
    return _Chain(cast.output[0], scale, offset, last, node)


def _scalar(index: Index, node: Node) -> float | None:
    constants = [values for name in node.input if (values := index.constant(name)) is not None]
    return float(constants[0].item()) if len(constants) == 1 and constants[0].size == 1 else None


def _is_padded(conv: Node) -> bool:
    return any(attribute(conv, "pads", [])) or attribute(conv, "auto_pad", b"NOTSET") not in {
        b"NOTSET",
        b"VALID",
    }


def _fold(model: Model, index: Index, chain: _Chain, weights: NDArray[np.float64]) -> None:
    conv = chain.conv
    bias = index.constant(conv.input[2]) if len(conv.input) > 2 else None
    shift = chain.offset * weights.sum(axis=(1, 2, 3))
    names = [f"{conv.name}_weights", f"{conv.name}_bias"]
    set_constant(model, names[0], (weights * chain.scale).astype(np.float32))
    set_constant(model, names[1], (shift + (0 if bias is None else bias)).astype(np.float32))
    conv.input[:] = [conv.input[0], *names]
