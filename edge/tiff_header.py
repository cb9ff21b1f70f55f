"""The size that a TIFF file states, in both of its versions."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_WIDTH, _HEIGHT, _BITS, _SAMPLES, _TILE_WIDTH, _TILE_HEIGHT = _TAGS = 256, 257, 258, 277, 322, 323
_TYPES = {
    1: "B",
    3: "H",
    4: "I",
    6: "B",
    8: "H",
    9: "I",
    16: "Q",
    17: "Q",
}  # signed ones are never negative here
_MOST_ENTRIES = 4096  # as libtiff has it


class TiffSize(NamedTuple):
    """What decides the memory that decoding takes.

    Attributes:
        width: of the picture in px, as `height`.
        tile_width: of a tile in px, as `tile_height`; 0 where there are no tiles.
        samples: channels a pixel.
        bits: a sample.
    """

    width: int
    height: int
    tile_width: int
    tile_height: int
    samples: int
    bits: int


def read_tiff_size(data: bytes) -> TiffSize | None:
    """Reads the first directory; None where it is damaged. The largest of repeated values counts."""
    largest = {_BITS: 1}
    try:
        for tag, value in _entries(data):
            largest[tag] = max(value, largest.get(tag, 0))
    except (struct.error, OverflowError):  # it ends early, or points behind the end, or behind any memory
        return None
    return TiffSize(
        *(largest.get(tag, 0) for tag in (_WIDTH, _HEIGHT, _TILE_WIDTH, _TILE_HEIGHT, _SAMPLES, _BITS))
    )


def _entries(data: bytes) -> Iterator[tuple[int, int]]:
    """The tags of the first directory with the first value of each, where that is a whole number."""
    order = "<" if data.startswith(b"II") else ">"
    big = 43 in data[2:4]  # BigTIFF, whose offsets and counts have 8 bytes
    offset, count, entry = ("Q", "Q", "HHQ") if big else ("I", "H", "HHI")
    at = struct.unpack_from(order + offset, data, 8 if big else 4)[0]
    entries = min(struct.unpack_from(order + count, data, at)[0], _MOST_ENTRIES)
    first, size = at + struct.calcsize(order + count), struct.calcsize(order + entry + offset)
    for start in range(first, first + entries * size, size):
        tag, kind, values = struct.unpack_from(order + entry, data, start)
        if kind in _TYPES and tag in _TAGS:
            value_at = start + struct.calcsize(order + entry)
            if values * struct.calcsize(_TYPES[kind]) > struct.calcsize(offset):
                value_at = struct.unpack_from(order + offset, data, value_at)[0]
            yield tag, struct.unpack_from(order + _TYPES[kind], data, value_at)[0]
