"""Bounds what TFLite operators make of the values of their inputs, whatever shape the file says they give."""

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest

import numpy as np

from edgebreed.edge.formats.flatbuffer import FlatTable
from edgebreed.edge.formats.tflite_size import REMEDY
from edgebreed.errors import ModelFileError

MAX_STATED = 1 << 26
"""Numbers of a tensor whose size the file states."""
_MOST_VALUES = 64  # that state a size
_PADS = {34: 1, 60: 1, 100: 1, 38: 2}  # PAD, PADV2, MIRROR_PAD and SPACE_TO_BATCH_ND, and their paddings
_SIDES = {
    **{69: 1, 94: 0, 130: 1, 85: 1, 23: 1, 97: 1},  # TILE, FILL, BROADCAST_TO, ONE_HOT, RESIZE by two methods
    **{67: 0, 141: 0, 68: 1, 122: 2},  # TRANSPOSE_CONV, CONV_3D_TRANSPOSE, SPARSE_TO_DENSE, SCATTER_ND
    **{131: 1, 203: 1},  # RFFT2D, DILATE
    **{146: 0, 148: 0, 149: 1},  # RANDOM_STANDARD_NORMAL, RANDOM_UNIFORM, MULTINOMIAL
    **dict.fromkeys((153, 154, 155, 157), 2),  # UNSORTED_SEGMENT of four kinds
}
"""Operators and their input that holds the sides of what they make."""
_TIMES_INPUT, _TIMES_CHANNELS = {69, 85}, {23, 97}
_SHAPE = 77
_JOINED, _MOVED = {2, 83}, {22, 36, 43, 45, 53, 65, 70}
"""Operators by which exporters put shapes together: CONCATENATION and PACK; RESHAPE, GATHER, SQUEEZE,
STRIDED_SLICE, CAST, SLICE and EXPAND_DIMS, which move the values of their first input."""
_WHOLE = {2: "<i4", 4: "<i8"}  # types of tensors


def check_values(
    graph: FlatTable, buffers: Sequence[FlatTable], operators: Sequence[tuple[int, FlatTable]]
) -> None:
    """Refuses an operator that makes more of a few values in the file than an image classifier needs.

    What is computed from an image's values is not known here.

    Args:
        graph: the only one, whose indices are checked.
        buffers: of the file.
        operators: the kind and the table of each, in order.

    Raises:
        ModelFileError: with the operator and what is allowed.
    """
    tensors = graph.tables(0)
    values = {at: _values(tensor, buffers) for at, tensor in enumerate(tensors)}
    stated = {at: _product(found) for at, found in values.items() if found is not None}
    computed: set[int] = set()
    for kind, operator in operators:
        inputs = operator.scalars(1, "i")
        _check_operator(kind, inputs, tensors, values, stated, computed)
        product = _moved(kind, inputs, stated)
        outputs = operator.scalars(2, "i")
        if product is not None:
            stated.update(dict.fromkeys(outputs, product))
        elif inputs and all(at in stated or at in computed for at in inputs):
            computed.update(outputs)


def _check_operator(
    kind: int,
    inputs: Sequence[int],
    tensors: Sequence[FlatTable],
    values: Mapping[int, Sequence[int] | None],
    stated: Mapping[int, float],
    computed: set[int],
) -> None:
    place = _SIDES.get(kind, _PADS.get(kind))
    if place is None or place >= len(inputs):
        return
    operand, shape = inputs[place], tensors[inputs[0]].scalars(0, "i")
    if operand in computed:
        raise ModelFileError(f"operator {kind} of a size that is computed of numbers is refused: {REMEDY}")
    size = stated.get(operand, 1.0)
    if kind in _PADS:
        pads = values.get(operand)
        size = size * math.prod(shape) if pads is None else _padded(shape, pads)
    elif kind in _TIMES_INPUT:
        size *= max(1, math.prod(shape))
    elif kind in _TIMES_CHANNELS:
        size *= max(1, *shape[-1:])
    if size > MAX_STATED:
        raise ModelFileError(
            f"operator {kind} that makes over {MAX_STATED:,} numbers, as its values state, is refused: "
            f"{REMEDY}"
        )


def _moved(kind: int, inputs: Sequence[int], stated: Mapping[int, float]) -> float | None:
    """The product of an output's values where they are a shape's or the file's; an image's own is 1."""
    if kind == _SHAPE:
        return 1.0
    if kind in _JOINED and all(at in stated for at in inputs):
        return math.prod(stated[at] for at in inputs)
    return stated.get(inputs[0]) if kind in _MOVED and inputs else None


def _values(tensor: FlatTable, buffers: Sequence[FlatTable]) -> tuple[int, ...] | None:
    """A constant tensor's whole numbers, of which the last ones are left out where there are many."""
    kind = _WHOLE.get(tensor.scalar(1, "b"))
    buffer = buffers[tensor.scalar(2, "I")]
    start, length = buffer.vector(0, 1)
    if kind is None or not length:
        return None
    wanted = min(length // np.dtype(kind).itemsize, _MOST_VALUES)
    return tuple(np.frombuffer(buffer.data, kind, wanted, start).tolist())


def _product(values: Sequence[int]) -> float:
    return math.prod(float(max(1, value)) for value in values)


def _padded(shape: Sequence[int], pads: Sequence[int]) -> float:
    """The size of a tensor with these numbers before and behind each side."""
    pairs = zip(pads[::2], pads[1::2], strict=False)
    grown = [max(0, before) + max(0, behind) for before, behind in pairs]
    if len(grown) < len(shape):  # of the sides of a picture alone
        grown.insert(0, 0)
    return _product([side + more for side, more in zip_longest(shape, grown, fillvalue=0)])
