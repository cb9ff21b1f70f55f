"""The largest frame that an AV1 stream allows itself, from its sequence header (AV1 specification, 5.5)."""

_SEQUENCE_HEADER = 1
_MOST_UNITS = 16  # before the sequence header: a delimiter, and padding
_MAX_LEVEL_WITHOUT_TIER = 7


class _Bits:
    """Reads whole numbers of any width; behind the end it raises `IndexError`."""

    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def read(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise IndexError
        return self._value >> self._left & ((1 << count) - 1)


def av1_frame_size(data: bytes) -> tuple[int, int] | None:
    """The largest width and height in px that a stream allows; None where its start does not tell.

    Args:
        data: the start of the stream: so-called open bitstream units.
    """
    try:
        payload = _sequence_header(data)
        return None if payload is None else _frame_size(_Bits(payload))
    except IndexError:
        return None


def _sequence_header(data: bytes) -> bytes | None:
    at = 0
    for _ in range(_MOST_UNITS):
        header = data[at]
        size, at = _leb128(data, at + (2 if header & 4 else 1)) if header & 2 else (len(data), at + 1)
        if header >> 3 & 15 == _SEQUENCE_HEADER:
            return data[at : at + min(size, 256)]
        at += size
    return None


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, lowest first, and where the next thing stands."""
    value = 0
    for index in range(8):
        value |= (data[at + index] & 0x7F) << 7 * index
        if data[at + index] < 0x80:
            break
    return value, at + index + 1


def _frame_size(bits: _Bits) -> tuple[int, int] | None:
    bits.read(4)  # profile, and whether it is a still picture
    if bits.read(1):  # the short header of still pictures
        bits.read(5)
    elif not _skip_operating_points(bits):
        return None
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> bool:
    """Whether they could be skipped; with timing, which only videos need, they are not read."""
    if bits.read(1):
        return False
    has_delays = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > _MAX_LEVEL_WITHOUT_TIER:
            bits.read(1)
        if has_delays and bits.read(1):
            bits.read(4)
    return True
