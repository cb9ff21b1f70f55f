"""The wire format of Protocol Buffers: https://protobuf.dev/programming-guides/encoding/."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from edgebreed.errors import ModelFileError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types; 3 and 4, groups, are in no ONNX file."""

CUT_OFF = "ONNX file is cut off: copy or export it again"
NO_ONNX = "not an ONNX file: export one with `edgebreed export`"
_LONGEST_TAG, _LONGEST_LENGTH, _LONGEST_VALUE = 5, 5, 10  # bytes of a varint
_FIXED_SIZES = {FIXED64: 8, FIXED32: 4}


class Field(NamedTuple):
    """A field of a message.

    Attributes:
        number: which field it is.
        wire: its wire type.
        value: a varint's number, or the bytes of any other.
        start: its first byte in the message.
    """

    number: int
    wire: int
    value: int | memoryview
    start: int


def fields(message: memoryview) -> Iterator[Field]:
    """Walks the fields of a message in order.

    Varints must be as short as they can be, which every writer makes them: of longer ones, readers keep
    different bits, and what one reads as 1 is another number to the next.

    Raises:
        ModelFileError: the bytes are no Protocol Buffers message.
    """
    position = 0
    while position < len(message):
        start = position
        tag, position = _varint(message, position, _LONGEST_TAG)
        if not 8 <= tag < 1 << 32:  # field 0 is none
            raise ModelFileError(NO_ONNX)
        value, position = _value(message, position, tag & 7)
        yield Field(tag >> 3, tag & 7, value, start)


def messages(message: memoryview) -> dict[int, list[memoryview]]:
    """What a message holds in fields of texts, bytes and messages, by their number, each in order."""
    found: dict[int, list[memoryview]] = defaultdict(list)
    for field in fields(message):
        if isinstance(field.value, memoryview):
            found[field.number].append(field.value)
    return found


def bytes_field(number: int, data: bytes) -> bytes:
    """A field of text, bytes or a message."""
    return head_of_bytes(number, len(data)) + data


def head_of_bytes(number: int, length: int) -> bytes:
    """What stands before the bytes of a field."""
    return _encoded(number << 3 | BYTES) + _encoded(length)


def _value(message: memoryview, position: int, wire: int) -> tuple[int | memoryview, int]:
    if wire == VARINT:
        return _varint(message, position, _LONGEST_VALUE)
    if wire == BYTES:
        length, position = _varint(message, position, _LONGEST_LENGTH)
    elif wire in _FIXED_SIZES:
        length = _FIXED_SIZES[wire]
    else:
        raise ModelFileError(NO_ONNX)
    if position + length > len(message):
        raise ModelFileError(CUT_OFF)
    return message[position : position + length], position + length


def _varint(message: memoryview, position: int, longest: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[position : position + longest]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            if (byte == 0 and index) or value >= 1 << 64:
                raise ModelFileError(f"{NO_ONNX} (a number is written longer than it is)")
            return value, position + index + 1
    raise ModelFileError(CUT_OFF)


def _encoded(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])
