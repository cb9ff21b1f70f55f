"""Whether a GIF file, read as a video, goes on to its trailer (GIF89a, appendix A)."""

import os
from collections.abc import Iterator
from typing import BinaryIO

_HEADER, _DESCRIPTOR = 13, 9  # bytes, without colour tables
_MOST_BLOCKS = 1_000_000  # of 255 bytes at most
_IMAGE, _EXTENSION, _TRAILER = b",", b"!", b";"


def is_gif(head: bytes) -> bool:
    """Whether a file that begins so is a GIF."""
    return head.startswith((b"GIF87a", b"GIF89a"))


def is_whole_gif(file: BinaryIO) -> bool:
    """Whether block follows on block up to the trailer; what stands behind it is not looked at.

    A file of more blocks than can be gone through in seconds is taken as whole.
    """
    file.seek(0)
    budget = iter(range(_MOST_BLOCKS))
    header = file.read(_HEADER)
    _skip_colours(file, header[10:11])
    while (kind := file.read(1)) in (_IMAGE, _EXTENSION):
        if kind == _IMAGE:
            _skip_colours(file, file.read(_DESCRIPTOR)[8:9])
        file.seek(1, os.SEEK_CUR)  # smallest code of the pixels, or which extension it is
        if not _skip_blocks(file, budget):
            return False
        if next(budget, None) is None:
            return True
    return kind == _TRAILER


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, os.SEEK_CUR)


def _skip_blocks(file: BinaryIO, budget: Iterator[int]) -> bool:
    """Whether there is an empty block behind the others, as far as the budget goes."""
    for _ in budget:
        length = file.read(1)
        if length in (b"", b"\0"):
            return length == b"\0"
        file.seek(length[0], os.SEEK_CUR)
    return True
