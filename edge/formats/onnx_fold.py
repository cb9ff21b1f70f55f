"""Computes the small constants by which an ONNX graph states sizes, as exporters chain them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from edgebreed.edge.formats.onnx_graph import Node
from edgebreed.edge.formats.onnx_tensors import (
    MOST_VALUES,
    Numbers,
    floats,
    merged,
    tensor_values,
    whole_numbers,
)
from edgebreed.edge.formats.protobuf import messages

MOST_FOLDED = 128
"""Numbers that a node takes to be computed here; a tensor has at most 64 sides."""
_FLOAT, _INT, _TENSOR, _FLOATS, _INTS = 2, 3, 5, 7, 8  # of an attribute
_WHOLE_TYPES = (2, 3, 4, 5, 6, 7, 9, 12, 13)  # that a Cast may give


def whole_attribute(node: Node, name: bytes, default: int = 0) -> int:
    """A whole number among a node's attributes."""
    found = whole_numbers(node.attributes[name], _INT) if name in node.attributes else []
    return found[-1] if found else default


def list_attribute(node: Node, name: bytes) -> list[int]:
    """Whole numbers among a node's attributes."""
    return whole_numbers(node.attributes[name], _INTS) if name in node.attributes else []


def float_attribute(node: Node, name: bytes) -> list[float]:
    """Floats among a node's attributes."""
    return floats(node.attributes[name], _FLOATS) if name in node.attributes else []


def tensor_attribute(node: Node, name: bytes = b"value") -> memoryview | None:
    """A tensor among a node's attributes."""
    parts = messages(node.attributes[name])[_TENSOR] if name in node.attributes else []
    return merged(parts) if parts else None


def folded(node: Node, inputs: Sequence[Numbers | None]) -> Numbers | None:
    """What a node gives for these inputs; None of an operator that states no sizes, or for wrong inputs.

    Args:
        node: the node.
        inputs: the values of each; None where it has none there.
    """
    fold = (
        _FOLDS.get(node.kind)
        if sum(0 if data is None else data.size for data in inputs) <= MOST_FOLDED
        else None
    )
    try:
        with np.errstate(all="ignore"):
            values = None if fold is None else np.asarray(fold(node, *inputs))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    return (
        values if values is not None and values.dtype.kind in "iubf" and values.size <= MOST_VALUES else None
    )


def constant(node: Node) -> Numbers | None:
    """The values of a Constant, where they are numbers and few."""
    tensor = tensor_attribute(node)
    if tensor is not None:
        return tensor_values(tensor)
    if b"value_int" in node.attributes:
        return np.asarray(whole_attribute(node, b"value_int"), np.int64)
    if b"value_ints" in node.attributes:
        return np.asarray(list_attribute(node, b"value_ints")[:MOST_VALUES], np.int64)
    if b"value_float" in node.attributes:
        return np.asarray([0.0, *floats(node.attributes[b"value_float"], _FLOAT)][-1], np.float64)
    return np.asarray(float_attribute(node, b"value_floats")[:MOST_VALUES], np.float64)


def _axes(node: Node, given: Any) -> tuple[int, ...] | None:
    listed = list_attribute(node, b"axes") if given is None else [int(axis) for axis in np.ravel(given)]
    return tuple(listed) or None


def _reshaped(node: Node, data: Any, shape: Any) -> Any:
    sides = [int(side) for side in shape]
    return data.reshape([data.shape[at] if side == 0 else side for at, side in enumerate(sides)])


def _sliced(
    node: Node, data: Any, starts: Any = None, ends: Any = None, axes: Any = None, steps: Any = None
) -> Any:
    begins, stops = (
        list_attribute(node, name) if given is None else given.tolist()
        for name, given in ((b"starts", starts), (b"ends", ends))
    )
    along = _axes(node, axes) or tuple(range(len(begins)))
    strides = [1] * len(begins) if steps is None else steps.tolist()
    places = [slice(None)] * data.ndim
    for axis, begin, stop, stride in zip(along, begins, stops, strides, strict=True):
        beyond = (
            stride < 0 and stop < -data.shape[axis]
        )  # backwards to the first: Python has no number for it
        places[axis] = slice(begin, None if beyond else stop, stride)
    return data[tuple(places)]


def _squeezed(node: Node, data: Any, axes: Any = None) -> Any:
    return np.squeeze(data, _axes(node, axes))


def _cast(node: Node, data: Any) -> Any:
    return data.astype(np.int64 if whole_attribute(node, b"to") in _WHOLE_TYPES else np.float64)


def _divided(node: Node, left: Any, right: Any) -> Any:
    """Whole numbers are cut towards zero, as ONNX Runtime does."""
    whole = left.dtype.kind in "iub" and right.dtype.kind in "iub"
    return np.trunc(left / right).astype(np.int64) if whole else left / right


def _filled(node: Node, shape: Any) -> Any:
    value = tensor_attribute(node)
    fill: Any = np.zeros(1) if value is None else tensor_values(value)
    return np.full([int(side) for side in shape], fill.ravel()[0], fill.dtype)


def _expanded(node: Node, data: Any, shape: Any) -> Any:
    return data * np.ones([int(side) for side in shape], data.dtype)


def _of(compute: Callable[..., Any]) -> Callable[..., Any]:
    """An operator without attributes, by numpy's function."""
    return lambda node, *inputs: compute(*inputs)


_FOLDS: dict[bytes, Callable[..., Any]] = {
    b"Cast": _cast,
    b"Concat": lambda node, *parts: np.concatenate(parts, whole_attribute(node, b"axis")),
    b"ConstantOfShape": _filled,
    b"Div": _divided,
    b"Expand": _expanded,
    b"Gather": lambda node, data, at: np.take(data, at, whole_attribute(node, b"axis")),
    b"Identity": _of(lambda data: data),
    b"Reshape": _reshaped,
    b"Slice": _sliced,
    b"Squeeze": _squeezed,
    b"Tile": _of(lambda data, repeats: np.tile(data, [int(one) for one in repeats])),
    b"Transpose": lambda node, data: np.transpose(data, list_attribute(node, b"perm") or None),
    b"Unsqueeze": lambda node, data, axes=None: np.expand_dims(data, _axes(node, axes) or ()),
    **{
        name: _of(compute)
        for name, compute in (
            (b"Abs", np.abs),
            (b"Add", np.add),
            (b"Ceil", np.ceil),
            (b"Equal", np.equal),
            (b"Floor", np.floor),
            (b"Max", np.maximum),
            (b"Min", np.minimum),
            (b"Mul", np.multiply),
            (b"Neg", np.negative),
            (b"Range", lambda start, limit, step: np.arange(start.item(), limit.item(), step.item())),
            (b"Size", np.size),
            (b"Sqrt", np.sqrt),
            (b"Sub", np.subtract),
            (b"Where", np.where),
        )
    },
}
