"""Photos from disk: which files, and their pixels."""

import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.first_picture import first_picture
from edgebreed.edge.folder_walk import by_reason, describe_all, walk
from edgebreed.edge.image_format import FORMATS, REFUSED, format_of, is_cut_off
from edgebreed.edge.image_header import read_header
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.jpeg_reduction import COLOUR_FLAGS, Size, jpeg_reduction
from edgebreed.edge.opencv_log import silence_opencv
from edgebreed.edge.orientation import avif_turned, stated_orientation, stated_upright
from edgebreed.edge.png_chunks import is_sound_png
from edgebreed.edge.transparency import AS_STORED, lay_on_background, may_be_transparent, read_opacity
from edgebreed.errors import ImageError, InputError

_LOG = logging.getLogger(__name__)

Frame = NDArray[np.uint8]
"""`(H, W, 3) uint8 BGR`, as OpenCV decodes and captures it."""

Encoded = bytes | bytearray | memoryview
"""A whole JPEG, PNG or other file."""

SUFFIXES = frozenset[str]().union(*(names for kind, names in FORMATS.items() if kind != "HEIC"))
"""Of the photos that are read, in lower case."""

MODEL_SUFFIXES = frozenset({".onnx", ".tflite", ".keras"})
"""Of models, which are often given where a photo is expected."""

_PROBE = np.arange(4).reshape(2, 2)  # shows by its order how it was turned
_PIECES = re.compile(r"[0-9]+|[^0-9]+")


def is_photo(path: Path) -> bool:
    """Whether the name is that of a photo; hidden files (`.DS_Store`, `._cat.jpg`) are not.

    HEIC counts, so that such a file is refused by name wherever it is given.
    """
    return path.suffix.lower() in SUFFIXES | FORMATS["HEIC"] and not path.name.startswith(".")


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
        if path.suffix.lower() in MODEL_SUFFIXES:
            raise InputError(
                f"{path} is a model and no photo: `predict` and `bench` take it as --model {path}"
            )
        return [path]
    if not path.exists():
        raise InputError(f"no such file or folder: {path}")
    if not path.is_dir():
        raise InputError(f"{path} is no regular file: give the file of a photo, or a folder")
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


def decode(
    data: Encoded,
    name: str = "image",
    limits: ImageLimits = DEFAULT_LIMITS,
    at_least: Size | None = None,
) -> Frame:
    """Decodes an encoded image, upright as its EXIF orientation says, transparent parts laid on white.

    Of an animation it is the first picture. 16 bits a channel become 8.

    Args:
        data: a whole JPEG, PNG or other file, in bytes.
        name: what to call it in an error.
        limits: what is refused before it takes memory.
        at_least: height and width in px that suffice: a JPEG that has at least twice as many is decoded at
            1/2, 1/4 or 1/8 of its sides, in a fraction of the time. None decodes every pixel.

    Returns:
        `(H, W, 3) uint8 BGR`.

    Raises:
        ImageError: the bytes are no image that OpenCV can read, end before the image does, or ask for more
            than the limits or the memory allow.
    """
    encoded = bytes(data)  # copies other buffers, not bytes
    fault = _fault_of_header(encoded, name, limits)
    with _memory_for(name):
        frame = None if fault else _decode_on_background(first_picture(encoded), at_least)
    if frame is None:
        raise ImageError(f"{name} {fault or _fault_of_pixels(encoded)}")
    return frame


def is_turned(data: bytes) -> bool:
    """Whether an image is stored turned or mirrored, which `decode` sets right.

    Raises:
        ImageError: there is too little memory.
    """
    if _fault_of_header(data, "image", DEFAULT_LIMITS):
        return False
    data = first_picture(data)
    kind = format_of(data)
    if kind == "AVIF" and not np.array_equal(avif_turned(_PROBE, data), _PROBE):
        return True
    if stated_orientation(data) == 1:
        return False
    small, ignored = cv2.IMREAD_REDUCED_COLOR_8, cv2.IMREAD_IGNORE_ORIENTATION
    as_stored = (stated_upright(data), small) if kind == "TIFF" else (data, small | ignored)
    with _memory_for("image"):
        upright, stored = _decode_as(data, small), _decode_as(*as_stored)  # TIFF is turned whatever the flags
    return upright is not None and stored is not None and not np.array_equal(upright, stored)


def read_photo(path: Path, limits: ImageLimits = DEFAULT_LIMITS, at_least: Size | None = None) -> Frame:
    """Reads one photo.

    Args:
        path: the file.
        limits: what it is refused for.
        at_least: height and width in px that suffice, as `decode` takes them; None reads every pixel.

    Returns:
        `(H, W, 3) uint8 BGR`.

    Raises:
        InputError: the file cannot be read.
        ImageError: it is no image, or asks for more than the limits allow.
    """
    return decode(read_encoded(path, limits), str(path), limits, at_least)


def read_encoded(path: Path, limits: ImageLimits = DEFAULT_LIMITS) -> bytes:
    """The bytes of a file.

    Raises:
        InputError: it cannot be read.
        ImageError: it is a device, a pipe or a folder, or larger than the limits allow.
    """
    try:
        status = path.stat()
        fault = _fault_of_file(status, limits)
        if fault:
            raise ImageError(f"{path} {fault}")
        with path.open("rb") as file:
            return file.read(status.st_size)  # no more: files of /proc are empty and yet may never end
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:  # a zero byte, which no file name has
        raise InputError(f"cannot read {str(path)!r}: {error}") from error


def _fault_of_file(status: os.stat_result, limits: ImageLimits) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file: give the file of a photo"
    return limits.fault_of_size(status.st_size)


@contextmanager
def _memory_for(name: str) -> Iterator[None]:
    """Turns an exhausted memory into the error of the image that is decoded inside."""
    try:
        yield
    except MemoryError as error:
        raise ImageError(f"{name} needs more memory than there is: shrink it") from error


def _decode_on_background(data: bytes, at_least: Size | None) -> Frame | None:
    """The upright picture, `(H, W, 3) uint8 BGR`; None if it does not decode."""
    stored = _decode_as(data, AS_STORED) if may_be_transparent(data) else None
    opacity = None if stored is None else read_opacity(stored, data)
    del stored  # which may be larger than the picture itself, before that is made
    decoded = _decode_as(data, COLOUR_FLAGS[jpeg_reduction(data, at_least) if at_least else 1])
    if decoded is None:
        return None
    frame = np.asarray(decoded, np.uint8)
    if opacity is not None:
        lay_on_background(frame, opacity)
    return frame


def _decode_as(data: bytes, flags: int) -> NDArray[Any] | None:
    """The upright picture; None if it does not decode."""
    silence_opencv()
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        return None
    if picture is None or format_of(data) != "AVIF" or flags & cv2.IMREAD_IGNORE_ORIENTATION:
        return picture
    return avif_turned(picture, data)


def _fault_of_header(data: bytes, name: str, limits: ImageLimits) -> str:
    """Why an image is not to be decoded, and what to do; empty if it may be."""
    kind = format_of(data)
    if kind in REFUSED or (kind is None and Path(name).suffix.lower() in FORMATS["HEIC"]):
        return f"is {kind or 'HEIC'}, which edgebreed does not read: convert it to JPEG"
    header = read_header(data)
    if is_cut_off(data):
        return "ends before its image does: copy or download it again"
    if kind is None or header is None:
        return _fault_of_pixels(data)
    fault = limits.fault_of(header, kind)
    if not fault and kind == "PNG" and not is_sound_png(first_picture(data)):
        return "is a PNG with a part missing or damaged: copy or download it again"
    return fault


def _fault_of_pixels(data: bytes) -> str:
    """Why an image does not decode, and what to do."""
    kind = format_of(data)
    if kind in ("GIF", "AVIF"):
        remedy = f"it is damaged, or OpenCV {cv2.__version__} here has no {kind}: convert it to JPEG or PNG"
        return f"does not decode as {kind}: {remedy}"
    return "does not decode as an image: give a JPEG, PNG, WebP, BMP, TIFF, GIF or AVIF photo"


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
