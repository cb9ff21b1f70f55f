"""Whether a GIF file, read as a video, goes on to its trailer (GIF89a, appendix A)."""

import os
from typing import BinaryIO

_HEADER, _DESCRIPTOR = 13, 9  # bytes, without colour tables
_IMAGE, _EXTENSION, _TRAILER = b",", b"!", b";"


def is_gif(head: bytes) -> bool:
    """Whether a file that begins so is a GIF."""
    return head.startswith((b"GIF87a", b"GIF89a"))


def is_whole_gif(file: BinaryIO) -> bool:
    """Whether block follows on block up to the trailer; what stands behind it is not looked at."""
    file.seek(0)
    header = file.read(_HEADER)
    _skip_colours(file, header[10:11])
    while (kind := file.read(1)) in (_IMAGE, _EXTENSION):
        if kind == _IMAGE:
            _skip_colours(file, file.read(_DESCRIPTOR)[8:9])
        file.seek(1, os.SEEK_CUR)  # smallest code of the pixels, or which extension it is
        if not _skip_blocks(file):
            return False
    return kind == _TRAILER


def _skip_colours(file: BinaryIO, flags: bytes) -> None:
    if flags and flags[0] & 0x80:
        file.seek(3 << (flags[0] & 7) + 1, os.SEEK_CUR)


def _skip_blocks(file: BinaryIO) -> bool:
    """Whether there is an empty block behind the others."""
    while length := file.read(1):
        if length == b"\0":
            return True
        file.seek(length[0], os.SEEK_CUR)
    return False
