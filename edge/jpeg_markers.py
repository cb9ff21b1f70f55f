"""The markers of a JPEG file, found without decoding it."""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

START_OF_SCAN = 0xDA
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers that state the size; the three between them hold tables."""

MOST_MARKERS = 100_000
"""After which a file is given up; a photo has a few hundred at most."""

START_OF_IMAGE, END_OF_IMAGE = 0xD8, 0xD9
# Not 0x00, which says that an 0xFF is data, nor restart markers, which stand among it by the thousand.
_MARKER = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]")


class JpegMarker(NamedTuple):
    """A marker: its number, and where it stands in the file."""

    number: int
    at: int


def jpeg_markers(data: bytes) -> Iterator[JpegMarker]:
    """The markers up to the end of the image, in order, those of the thumbnail inside EXIF not among them.

    It goes from one to the next as libjpeg does, so that wrong lengths lead both to the same place, and ends
    after `MOST_MARKERS`.
    """
    found = _MARKER.search(data)
    for _ in range(MOST_MARKERS):
        if found is None:
            return
        number, end = data[found.start() + 1], found.end()
        yield JpegMarker(number, found.start())
        length = 0 if number == START_OF_IMAGE else int.from_bytes(data[end : end + 2], "big")
        if number == END_OF_IMAGE or (length < 2 and number != START_OF_IMAGE):
            return
        found = _MARKER.search(data, end + length)


def jpeg_head(data: bytes) -> int:
    """How many bytes stand before a JPEG's pixels; EXIF is there, with a thumbnail that has its own end."""
    return next((marker.at for marker in jpeg_markers(data) if marker.number == START_OF_SCAN), len(data))


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Height and width in px as stored, by the first marker that states them; None where none does."""
    frame = next((marker.at for marker in jpeg_markers(data) if marker.number in START_OF_FRAME), None)
    if frame is None or len(data) < frame + 9:
        return None
    height, width = struct.unpack_from(">HH", data, frame + 5)
    return height, width
