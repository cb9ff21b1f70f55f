"""The wire format of Protocol Buffers."""

import pytest

from edgebreed.edge.formats.protobuf import BYTES, FIXED32, FIXED64, VARINT, bytes_field, fields, messages
from edgebreed.errors import ModelFileError


def test_every_wire_type_is_read() -> None:
    """With the number, the value and the place of each field; a negative number has ten bytes."""
    message = (
        b"\x08\x96\x01"
        + b"\x11"
        + bytes(8)
        + b"\x1a\x02hi"
        + b"\x25"
        + bytes(4)
        + b"\x28"
        + b"\xff" * 9
        + b"\x01"
    )
    found = [(field.number, field.wire, field.start) for field in fields(memoryview(message))]
    assert [(1, VARINT, 0), (2, FIXED64, 3), (3, BYTES, 12), (4, FIXED32, 16), (5, VARINT, 21)] == found
    first, *_, last = fields(memoryview(message))
    assert (150, 2**64 - 1) == (first.value, last.value)


def test_what_is_written_is_read() -> None:
    """Lengths of one byte and of several."""
    for length in (0, 127, 128, 70_000):
        (field,) = fields(memoryview(bytes_field(14, b"x" * length)))
        assert isinstance(field.value, memoryview)
        assert (14, b"x" * length) == (field.number, bytes(field.value))


def test_what_is_text_or_a_message_is_found_by_its_number() -> None:
    """In order; numbers are left out."""
    found = messages(
        memoryview(b"\x08\x01" + bytes_field(2, b"a") + bytes_field(3, b"b") + bytes_field(2, b"c"))
    )
    assert {2: [b"a", b"c"], 3: [b"b"]} == {number: list(map(bytes, all_)) for number, all_ in found.items()}


@pytest.mark.parametrize(
    "data",
    [
        b"\x3a",
        b"\x3a\xff",
        b"\xff" * 12,
        b"\x3a\x7fshort",
        b"\x0b",  # a group
        b"\x0c",
        b"not a model at all",
        b"\x02\x00",  # field 0
        b"\x08\x81\x80\x80\x80\x10" + b"\x80" * 6,
        b"\x08\x80\x00",  # a zero in two bytes
        b"\x88\x00\x01",  # the same of a tag
        b"\x3a\x80\x00",  # and of a length
        b"\x08" + b"\xff" * 9 + b"\x7f",  # more than 64 bits
        b"\xf8\xff\xff\xff\x7f\x01",  # a tag of more than 32 bits
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    """Cut off, endless, longer than they need be, or of an unknown kind: one error, no crash."""
    with pytest.raises(ModelFileError, match=r"ONNX file"):
        list(fields(memoryview(data)))
