"""Photos from disk: which files, and their pixels."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.folder_walk import by_reason, describe_all, walk
from edgebreed.errors import ImageError, InputError

_LOG = logging.getLogger(__name__)

Frame = NDArray[np.uint8]
"""`(H, W, 3) uint8 BGR`, as OpenCV decodes and captures it."""

Encoded = bytes | bytearray | memoryview
"""A whole JPEG, PNG or other file."""

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})


_PIECES = re.compile(r"[0-9]+|[^0-9]+")


def is_photo(path: Path) -> bool:
    """Whether the name is that of a photo; hidden files (`.DS_Store`, `._cat.jpg`) are not."""
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def find_photos(paths: Iterable[Path]) -> list[Path]:
    """Expands folders into the photos below them, in natural order; files are taken as they are.

    Links are followed. A warning tells what is left out: other formats, what edgebreed itself wrote into a
    folder below, links that lead nowhere; only hidden files are passed over in silence.

    Raises:
        InputError: a path does not exist, or a folder holds no photo.
    """
    return [photo for path in paths for photo in _expand(path)]


def _expand(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise InputError(f"no such file or folder: {path}")
    files = list(walk(path, is_photo))
    photos = sorted((file.path for file in files if file.left_out is None), key=natural_order)
    left_out = describe_all(by_reason(files), path)
    if not photos:
        found = f" but {left_out}" if left_out else ""
        raise InputError(f"no photo in {path}{found}: expected files named {', '.join(sorted(SUFFIXES))}")
    if left_out:
        _LOG.warning("left out in %s: %s", path, left_out)
    return photos


def natural_order(path: Path) -> list[list[tuple[bool, int, str]]]:
    """A sorting key by which 2.jpg comes before 10.jpg, folder by folder; numbers come before words."""
    return [
        [
            (not piece.isdecimal(), int(piece) if piece.isdecimal() else 0, piece)
            for piece in _PIECES.findall(part)
        ]
        for part in path.parts
    ]


def decode(data: Encoded, name: str = "image") -> Frame:
    """Decodes an encoded image, upright as its EXIF orientation says.

    Args:
        data: a whole JPEG, PNG or other file, in bytes.
        name: what to call it in an error.

    Returns:
        `(H, W, 3) uint8 BGR`.

    Raises:
        ImageError: the bytes are no image that OpenCV can read.
    """
    try:
        frame = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    except cv2.error:
        frame = None
    if frame is None:
        raise ImageError(f"{name} does not decode as an image: give a JPEG, PNG, WebP, BMP or TIFF photo")
    return np.asarray(frame, np.uint8)


def read_photo(path: Path) -> Frame:
    """Reads one photo.

    Returns:
        `(H, W, 3) uint8 BGR`.

    Raises:
        InputError: the file cannot be read.
        ImageError: it is no image.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte, which no file name has
        raise InputError(f"cannot read {str(path)!r}: {error}") from error
    return decode(data, str(path))


def checked_frame(frame: Frame) -> Frame:
    """A frame that the rest of the runtime can rely on: `(H, W, 3) uint8 BGR`, contiguous.

    Raises:
        ImageError: it is of another type or shape, or empty.
    """
    if not isinstance(frame, np.ndarray):
        raise ImageError(f"a frame of type {type(frame).__name__}: give a NumPy array (H, W, 3) uint8 BGR")
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
        raise ImageError(
            f"a frame of shape {frame.shape} and type {frame.dtype}: give (H, W, 3) uint8 BGR, "
            "as cv2.imread and cv2.cvtColor make it"
        )
    return np.ascontiguousarray(frame)
