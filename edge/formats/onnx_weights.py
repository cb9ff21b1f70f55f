"""Checks that a tensor of an ONNX file holds as many values as its shape says.

ONNX Runtime before 1.28 ends the process where there are fewer.
"""

import math
from collections.abc import Iterable

import numpy as np

from edgebreed.edge.formats.onnx_tensors import tensor_shape
from edgebreed.edge.formats.protobuf import BYTES, Field, fields
from edgebreed.errors import ModelFileError

_DAMAGED = "the file is damaged, export it again"
_KIND, _RAW = 2, 9  # of a tensor, as the keys below
_FIXED = {4: 4, 10: 8}  # bytes of a value in `float_data` and `double_data`
_VARINTS = (5, 7, 11)  # `int32_data`, `int64_data`, `uint64_data`
_STRINGS = 6
_COMPLEX = (14, 15)
BITS = {
    **dict.fromkeys((2, 3, 9, 17, 18, 19, 20, 24), 8),
    **dict.fromkeys((4, 5, 10, 16), 16),
    **dict.fromkeys((1, 6, 12), 32),
    **dict.fromkeys((7, 11, 13, 14), 64),
    15: 128,
    **dict.fromkeys((21, 22, 23), 4),
    **dict.fromkeys((25, 26), 2),
}
"""Of a value in `raw_data`, by the number of its type; without the floats of 6 bits, which no engine runs."""


def check_weights(tensor: memoryview) -> None:
    """Refuses a tensor of fewer or more values than its shape has.

    Raises:
        ModelFileError: with both numbers.
    """
    shape = tensor_shape(tensor)
    if min(shape, default=0) < 0:
        raise ModelFileError(f"a tensor with a side of {min(shape)}: {_DAMAGED}")
    stated = math.prod(shape)
    found = list(fields(tensor))
    kinds = [field.value for field in found if field.number == _KIND and isinstance(field.value, int)]
    kind = kinds[-1] if kinds else 0
    raw = [field.value for field in found if field.number == _RAW and isinstance(field.value, memoryview)]
    if raw and len(raw[-1]):  # of several, the last one counts
        held, expected, unit = len(raw[-1]), -(-stated * BITS.get(kind, 0) // 8), "bytes"
    else:
        held, expected, unit = _listed(found), _entries(stated, kind), "values"
    if held != expected:
        raise ModelFileError(f"a tensor of {held:,} {unit} where its shape has {expected:,}: {_DAMAGED}")


def _entries(stated: int, kind: int) -> int:
    """How many listed numbers stand for so many values: two for a complex one, one for several small ones."""
    if kind in _COMPLEX:
        return 2 * stated
    bits = BITS.get(kind, 8)
    return stated if bits >= 8 else -(-stated * bits // 8)


def _listed(found: Iterable[Field]) -> int:
    """The values outside of `raw_data`."""
    count = 0
    for field in found:
        packed = isinstance(field.value, memoryview) and field.wire == BYTES
        if field.number == _STRINGS or (field.number in (*_FIXED, *_VARINTS) and not packed):
            count += 1
        elif field.number in _FIXED and isinstance(field.value, memoryview):
            count += len(field.value) // _FIXED[field.number]
        elif field.number in _VARINTS and isinstance(field.value, memoryview):
            count += _varints(field.value)
    return count


def _varints(data: memoryview) -> int:
    """How many end in packed ones: bytes without the bit that says that another follows."""
    return int((np.frombuffer(data, np.uint8) < 0x80).sum())
