"""The chunks of a PNG file, whether they are sound, and the file without its animation."""

import zlib
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_FIRST_CHUNK = 8  # byte, behind the signature
_AROUND = 12  # bytes of length, name and checksum
_MOST_CHUNKS = 1000  # before the pixels; a photo has a dozen at most
_MOST_CHECKED = 100_000  # of pixels, of some kB each; more would take seconds
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
    head = []
    for chunk in islice(_chunks(data), _MOST_CHUNKS):
        head.append(chunk)
        if chunk.name == b"IDAT":
            break
    return head if head and head[-1].name == b"IDAT" and head[0].name == b"IHDR" else None


def is_sound_png(data: bytes) -> bool:
    """Whether all chunks are there, and those that a picture needs have the right checksums.

    The decoder refuses such a file too, in lines of its own on standard error. Of a file with more chunks
    than any program writes, the rest is left to it.
    """
    chunks = list(islice(_chunks(data), _MOST_CHECKED))
    complete = len(chunks) == _MOST_CHECKED or (bool(chunks) and chunks[-1].name == b"IEND")
    return complete and all(_has_right_checksum(data, chunk) for chunk in chunks if _is_needed(chunk.name))


def _is_needed(name: bytes) -> bool:
    return not name[0] & 0x20 and name != b"IEND"


def _has_right_checksum(data: bytes, chunk: PngChunk) -> bool:
    stated = int.from_bytes(data[chunk.next - 4 : chunk.next], "big")
    return stated == zlib.crc32(memoryview(data)[chunk.start + 4 : chunk.next - 4])


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
    """Those that are whole, up to the last one of a PNG."""
    at, name = _FIRST_CHUNK, b""
    while name != b"IEND" and at + _AROUND <= len(data):
        name, end = data[at + 4 : at + 8], at + _AROUND + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield PngChunk(name, at, end)
        at = end
