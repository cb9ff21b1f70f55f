"""How a file says that its picture is turned, read without trusting a byte of it."""

import re
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ORIENTATION = 0x0112  # TIFF tag
_HEADER = re.compile(rb"II\*\0|MM\0\*")  # of a TIFF structure, which EXIF is
_MOST_HEADERS = 16  # compressed pixels hold one by chance in a gigabyte; more are there to waste time
_UPRIGHT = 1


def tiff_tags(data: bytes, start: int = 0) -> dict[int, int]:
    """The numbers of the first directory of a TIFF structure: 16 bits of the value of each tag.

    Args:
        data: a TIFF file, or one that holds EXIF.
        start: where the structure begins.

    Returns:
        As much as there is: nothing of a damaged header, the first entries of a directory that is cut off.
    """
    order = ">" if data[start : start + 2] == b"MM" else "<"
    tags: dict[int, int] = {}
    try:
        directory = start + struct.unpack_from(f"{order}I", data, start + 4)[0]
        for number in range(struct.unpack_from(f"{order}H", data, directory)[0]):
            tag, value = struct.unpack_from(f"{order}H6xH", data, directory + 2 + 12 * number)
            tags.setdefault(tag, value)
    except struct.error:  # it points behind the end
        pass
    return tags


def stated_orientation(data: bytes) -> int:
    """The EXIF orientation that a file states, 1 to 8; 1, which is upright, where it states none.

    The mark before EXIF and the lengths around it may be damaged: whatever looks like its header is read.
    """
    for number, header in enumerate(_HEADER.finditer(data)):
        orientation = tiff_tags(data, header.start()).get(_ORIENTATION, _UPRIGHT)
        if 1 < orientation <= 8:
            return orientation
        if number == _MOST_HEADERS:
            break
    return _UPRIGHT


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
