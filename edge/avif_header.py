"""The size of an AVIF picture: what its container states, and what the AV1 streams inside allow themselves.

A decoder makes room for a stream's frames first and scales them to the container's size afterwards.
"""

from collections.abc import Iterator
from typing import NamedTuple

from edgebreed.edge.av1_size import av1_frame_size

_MOST_BOXES = 4096
_FULL_HEADER = 4  # version and flags, which some boxes have before their content
_START = 4096  # bytes of a stream, within which its sequence header stands
_IN_IDAT = 1  # an item's data lies in a box beside its location; else, in the file


class AvifBox(NamedTuple):
    """A box of the container: its name, and where its content begins and ends in the file."""

    name: bytes
    start: int
    end: int


class _Cursor:
    """Reads whole numbers of some bytes one after another; behind the end it raises `IndexError`."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self._at, self._end = data, start, end

    def take(self, size: int) -> int:
        self._at += size
        if self._at > self._end:
            raise IndexError
        return int.from_bytes(self._data[self._at - size : self._at], "big")


def avif_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[AvifBox]:
    """The boxes that follow one another between two places (ISO/IEC 14496-12); it stops at a damaged one."""
    end = len(data) if end is None else end
    for _ in range(_MOST_BOXES):
        size, header = int.from_bytes(data[start : start + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        last = start + size if size else end
        if start + header > last or last > end:
            return
        yield AvifBox(data[start + 4 : start + 8], start + header, last)
        start = last


def avif_size(data: bytes) -> tuple[int, int, int] | None:
    """What decides the memory that an AVIF picture takes.

    Returns:
        The largest width and height in px that the container states, and the pixels of all AV1 streams
        together: opacity and the cells of a grid are streams of their own. None where the file is damaged.
    """
    meta = next((box for box in avif_boxes(data) if box.name == b"meta"), None)
    if meta is None:
        return None
    inside = {box.name: box for box in avif_boxes(data, meta.start + _FULL_HEADER, meta.end)}
    try:
        stated = list(_stated(data, inside[b"iprp"]))
        streams = [av1_frame_size(stream) for stream in _streams(data, inside)]
    except (KeyError, IndexError):  # a box is missing, or ends early
        return None
    known = [size for size in streams if size is not None]
    if not stated or not known or len(known) < len(streams):
        return None
    width, height = max(stated, key=lambda size: size[0] * size[1])
    return width, height, sum(width * height for width, height in known)


def _stated(data: bytes, properties: AvifBox) -> Iterator[tuple[int, int]]:
    for container in avif_boxes(data, properties.start, properties.end):
        for box in avif_boxes(data, container.start, container.end):
            if box.name == b"ispe":
                cursor = _Cursor(data, box.start + _FULL_HEADER, box.end)
                yield cursor.take(4), cursor.take(4)


def _streams(data: bytes, inside: dict[bytes, AvifBox]) -> Iterator[bytes]:
    """The start of each AV1 stream among the items."""
    coded, idat = set(_coded_items(data, inside[b"iinf"])), inside.get(b"idat")
    for item, construction, extents in _locations(data, inside[b"iloc"]):
        if item in coded:
            base = 0 if construction != _IN_IDAT or idat is None else idat.start
            yield b"".join(
                data[base + offset : base + offset + min(length or _START, _START)]
                for offset, length in extents
            )


def _coded_items(data: bytes, information: AvifBox) -> Iterator[int]:
    """The numbers of items that are AV1 streams; others are EXIF and the like."""
    wide = data[information.start] > 0
    for box in avif_boxes(data, information.start + _FULL_HEADER + (4 if wide else 2), information.end):
        cursor = _Cursor(data, box.start, box.end)
        version = cursor.take(_FULL_HEADER) >> 24
        number, _ = cursor.take(4 if version > 2 else 2), cursor.take(2)
        if cursor.take(4) == int.from_bytes(b"av01", "big"):
            yield number


def _locations(data: bytes, box: AvifBox) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Of each item its number, how it is found, and the offset and length of its pieces."""
    cursor = _Cursor(data, box.start, box.end)
    version, sizes = cursor.take(_FULL_HEADER) >> 24, cursor.take(2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15
    number = 4 if version > 1 else 2
    for _ in range(cursor.take(number)):
        item, construction = cursor.take(number), cursor.take(2) & 15 if version else 0
        cursor.take(2)  # which file; always this one
        start = cursor.take(base)
        pieces = []
        for _ in range(cursor.take(2)):
            cursor.take(index if version else 0)
            pieces.append((start + cursor.take(offset), cursor.take(length)))
        yield item, construction, pieces
