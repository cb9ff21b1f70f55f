"""How a file says that its picture is turned, read without trusting a byte of it."""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ORIENTATION = 0x0112  # TIFF tag
_HEADERS = ((b"II*\0", 0), (b"\0*", 2))  # of a TIFF structure, which EXIF is, and the bytes before the mark
_MOST_HEADERS = 1024  # compressed pixels hold one by chance in 64 kB; more are there to waste time
_MOST_ENTRIES = 256  # of a directory; EXIF has some dozens
_UPRIGHT = 1


def tiff_tag(data: bytes, tag: int, start: int = 0) -> int | None:
    """The value of a tag in the first directory of a TIFF structure, of 16 bits.

    Args:
        data: a TIFF file, or one that holds EXIF.
        tag: its number.
        start: where the structure begins.

    Returns:
        None where there is no such tag, or the directory is damaged before it.
    """
    at = _value_at(data, tag, start)
    return None if at is None else int(struct.unpack_from(f"{_order(data, start)}H", data, at)[0])


def _value_at(data: bytes, tag: int, start: int) -> int | None:
    """Where the value of a tag stands; the first entry of a tag counts."""
    order = _order(data, start)
    try:
        directory = start + struct.unpack_from(f"{order}I", data, start + 4)[0]
        count = min(struct.unpack_from(f"{order}H", data, directory)[0], _MOST_ENTRIES)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            if struct.unpack_from(f"{order}H8xH", data, entry)[0] == tag:
                return entry + 8
    except struct.error:  # it ends early, or points behind the end
        pass
    return None


def _order(data: bytes, start: int) -> str:
    """Of bytes; as to OpenCV, anything but the mark of one order is the other."""
    return "<" if data.startswith(b"II", start) else ">"


def stated_upright(data: bytes) -> bytes:
    """A copy of a TIFF file that states no turn."""
    at = _value_at(data, _ORIENTATION, 0)
    if at is None:
        return data
    return data[:at] + struct.pack(f"{_order(data, 0)}H", _UPRIGHT) + data[at + 2 :]


def stated_orientation(data: bytes) -> int:
    """The EXIF orientation that a file states, 1 to 8; 1, which is upright, where it states none.

    The mark before EXIF and the lengths around it may be damaged: whatever looks like its header is read.
    """
    for start in islice(_possible_headers(data), _MOST_HEADERS):
        orientation = tiff_tag(data, _ORIENTATION, start)
        if orientation is not None and _UPRIGHT < orientation <= 8:
            return orientation
    return _UPRIGHT


def _possible_headers(data: bytes) -> Iterator[int]:
    for mark, before in _HEADERS:
        at = data.find(mark)
        while at >= 0:
            yield max(0, at - before)
            at = data.find(mark, at + 1)


def avif_turned(picture: NDArray[Any], data: bytes) -> NDArray[Any]:
    """Turns a decoded AVIF picture as its container says, which OpenCV leaves to its caller.

    Where there is an EXIF orientation, OpenCV has already obeyed that, and the container repeats it.

    Args:
        picture: `(H, W)` or `(H, W, channels)`.
        data: the file.
    """
    if stated_orientation(data) != _UPRIGHT:
        return picture
    quarters, mirror = _box(data, b"irot"), _box(data, b"imir")
    turned = picture if quarters is None else np.rot90(picture, quarters & 3)  # anticlockwise
    turned = turned if mirror is None else np.flip(turned, mirror & 1)
    return np.ascontiguousarray(turned)


def _box(data: bytes, name: bytes) -> int | None:
    """The one byte that a box of the container holds, whose length of 9 stands before its name."""
    at = data.find(b"\0\0\0\x09" + name)
    return data[at + 8] if 0 <= at < len(data) - 8 else None
