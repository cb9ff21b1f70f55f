"""The chunks of a PNG file before its pixels, and the file without its animation."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_FIRST_CHUNK = 8  # byte, behind the signature
_AROUND = 12  # bytes of length, name and checksum
_MOST_CHUNKS = 1000  # before the pixels; a photo has a dozen at most
_ANIMATION = {b"acTL", b"fcTL"}
_END = b"\0\0\0\0IEND\xaeB`\x82"


class PngChunk(NamedTuple):
    """A chunk: its name, where it begins, and where the next one does."""

    name: bytes
    start: int
    next: int


def png_head(data: bytes) -> list[PngChunk] | None:
    """The chunks up to the first one of pixels, which is the last; None where the file ends before, or lies.

    OpenCV makes room for a chunk of the length that it states before it looks whether there is as much.
    """
    head = list(islice(_chunks(data), _MOST_CHUNKS))
    return head if head and head[-1].name == b"IDAT" and head[0].name == b"IHDR" else None


def png_content(data: bytes, name: bytes) -> bytes | None:
    """The content of a chunk before the pixels; None if there is none."""
    found = next((chunk for chunk in png_head(data) or () if chunk.name == name), None)
    return data[found.start + 8 : found.next - 4] if found else None


def without_animation(data: bytes) -> bytes:
    """The file with its first picture alone; the same file where it is none of several.

    Decoding an animation takes room for several whole pictures, however small the file.
    """
    head = png_head(data)
    if head is None or not any(chunk.name in _ANIMATION for chunk in head):
        return data
    kept = b"".join(data[chunk.start : chunk.next] for chunk in head[:-1] if chunk.name not in _ANIMATION)
    pixels, following = head[-1].start, data.find(b"fcTL", head[-1].next)
    return (
        data[:_FIRST_CHUNK] + kept + (data[pixels:] if following < 0 else data[pixels : following - 4] + _END)
    )


def _chunks(data: bytes) -> Iterator[PngChunk]:
    """Those that are whole; of pixels, the first."""
    at, name = _FIRST_CHUNK, b""
    while name != b"IDAT" and at + _AROUND <= len(data):
        name, end = data[at + 4 : at + 8], at + _AROUND + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield PngChunk(name, at, end)
        at = end
