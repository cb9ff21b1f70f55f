"""Reads names, whole numbers and small tensors of an ONNX file, as protobuf's readers would take them."""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.formats.protobuf import fields, messages
from edgebreed.errors import ModelFileError

MOST_VALUES = 4096
"""Of a tensor whose values are read: those that state sizes have a handful."""
MOST_SIDES = 64
Numbers = NDArray[Any]
"""Whole numbers as int64, or float64."""
_DIMS, _KIND, _FLOATS, _INT32S, _INT64S, _NAME, _RAW, _DOUBLES = 1, 2, 4, 5, 7, 8, 9, 10  # of a tensor
_LONGEST_VALUE = 10  # bytes of a varint
_TYPES = {1: "<f4", 2: "u1", 3: "i1", 4: "<u2", 5: "<i2", 6: "<i4", 7: "<i8", 9: "?", 10: "<f2", 11: "<f8"}


def merged(parts: Sequence[memoryview]) -> memoryview:
    """A message that is given in parts: readers join them."""
    return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def last_text(parts: Sequence[memoryview]) -> bytes:
    """A text; of several, the last one counts."""
    return bytes(parts[-1]) if parts else b""


def whole_numbers(message: memoryview, number: int) -> list[int]:
    """The signed whole numbers of a field, packed or not."""
    found: list[int] = []
    for field in fields(message):
        if field.number == number:
            found += [field.value] if isinstance(field.value, int) else _packed(field.value)
    return [value - (1 << 64) if value >> 63 else value for value in found]


def floats(message: memoryview, number: int, form: str = "f") -> list[float]:
    """The floats of a field, packed or not."""
    parts = messages(message)[number]
    return [value for part in parts for (value,) in struct.iter_unpack(f"<{form}", _whole(part, form))]


def tensor_name(tensor: memoryview) -> bytes:
    """The name that nodes call it by."""
    return last_text(messages(tensor)[_NAME])


def tensor_shape(tensor: memoryview) -> tuple[int, ...]:
    """Its shape.

    Raises:
        ModelFileError: it has more sides than any.
    """
    shape = tuple(whole_numbers(tensor, _DIMS))
    if len(shape) > MOST_SIDES:
        raise ModelFileError(f"a tensor of {len(shape):,} sides, {MOST_SIDES} are allowed: export it again")
    return shape


def tensor_values(tensor: memoryview) -> Numbers | None:
    """The values of a small tensor of numbers; None of any other, or where they do not fit its shape."""
    shape, kinds = tensor_shape(tensor), whole_numbers(tensor, _KIND)
    kind = _TYPES.get(kinds[-1] if kinds else 0)
    count = math.prod(shape)
    if kind is None or not 0 <= count <= MOST_VALUES or min(shape, default=0) < 0:
        return None
    raw = last_text(messages(tensor)[_RAW])
    values = np.frombuffer(raw[: len(raw) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)
    if not raw:
        values = np.asarray(_listed(tensor), object)
    whole = np.dtype(kind).kind in "iub"
    return values.astype(np.int64 if whole else np.float64).reshape(shape) if values.size == count else None


def _listed(tensor: memoryview) -> list[int] | list[float]:
    for number in (_INT64S, _INT32S):
        if values := whole_numbers(tensor, number):
            return values
    return floats(tensor, _FLOATS) or floats(tensor, _DOUBLES, "d")


def _packed(data: memoryview) -> list[int]:
    """Varints one after another."""
    numbers, value, shift = [], 0, 0
    for byte in data[: _LONGEST_VALUE * MOST_VALUES]:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value & (1 << 64) - 1)
            value = shift = 0
    return numbers


def _whole(data: memoryview, form: str) -> memoryview:
    return data[: len(data) // struct.calcsize(form) * struct.calcsize(form)]
