"""Transparent pictures are laid on white: a model sees what a reader sees on a page."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.image_format import format_of
from edgebreed.edge.orientation import tiff_tag
from edgebreed.edge.png_chunks import png_content
from edgebreed.edge.tiff_header import read_tiff_size

BACKGROUND = 255
"""Grey level behind transparent pixels: white, as in browsers and on paper. What an editor left in the colour
of a pixel that nobody sees, mostly black or the last brush, says nothing about the picture."""

AS_STORED = 8
"""`cv2.IMREAD_LOAD_GDAL`: channels and depth as stored, yet upright, unlike `IMREAD_UNCHANGED`; bytes in
memory never go to GDAL. A number, so that the module is there also where OpenCV does not load."""

_EXTRA_SAMPLES, _UNSPECIFIED, _ASSOCIATED, _UNASSOCIATED = 338, 0, 1, 2  # TIFF tag and its values
_GREY = 0  # PNG colour type
_COLOURS = 3  # samples a pixel
_PIXELS_AT_ONCE = 1 << 18


class Opacity(NamedTuple):
    """How far each pixel covers the background.

    Attributes:
        levels: from 0, transparent, to 255, `(H, W) uint8`.
        premultiplied: whether the colours come multiplied by it.
    """

    levels: NDArray[np.uint8]
    premultiplied: bool


def may_be_transparent(data: bytes) -> bool:
    """Whether the header lets a file have transparent pixels; a second look at the pixels tells."""
    kind = format_of(data)
    if kind == "PNG":
        return len(data) > 25 and (bool(data[25] & 4) or png_content(data, b"tRNS") is not None)
    if kind == "WEBP":
        return not data.startswith(b"VP8 ", 12)  # the lossy format alone has no opacity
    if kind == "TIFF":
        size = read_tiff_size(data)
        return size is not None and size.samples > _COLOURS
    return kind == "GIF" or (kind == "AVIF" and b"auxC" in data)  # what an auxiliary picture of opacity has


def read_opacity(stored: NDArray[Any], data: bytes) -> Opacity | None:
    """Reads the opacity of a picture; None where all of it is opaque.

    Args:
        stored: the picture decoded with `AS_STORED`, `(H, W)` or `(H, W, channels)`, 8 or 16 bits.
        data: the file.
    """
    levels = _opacity(stored, data)
    if levels is None or levels.min() == 255:
        return None
    return Opacity(np.ascontiguousarray(levels), _is_premultiplied(stored, data))


def lay_on_background(frame: NDArray[np.uint8], opacity: Opacity) -> None:
    """Lays the colours of a picture on the background, in place, some rows at a time to save memory.

    Args:
        frame: its colours, `(H, W, 3) uint8 BGR`; opaque pixels stay as they are.
        opacity: of the same picture.
    """
    if opacity.levels.shape != frame.shape[:2]:
        return
    rows = max(1, _PIXELS_AT_ONCE // frame.shape[1])
    for top in range(0, len(frame), rows):
        band, share = frame[top : top + rows], opacity.levels[top : top + rows, :, None].astype(np.uint16)
        colours = band if opacity.premultiplied else (band * share + 127) // 255
        band[:] = np.minimum(colours + (BACKGROUND * (255 - share) + 127) // 255, 255)


def _opacity(stored: NDArray[Any], data: bytes) -> NDArray[np.uint8] | None:
    """From 0, transparent, to 255, `(H, W) uint8`; None for a picture without."""
    kind = format_of(data)
    if stored.ndim == 2 and kind == "PNG":
        return _grey_key(stored, data)
    unspecified = kind == "TIFF" and tiff_tag(data, _EXTRA_SAMPLES) == _UNSPECIFIED
    if stored.ndim != 3 or stored.shape[2] != 4 or unspecified:
        return None
    opacity = stored[..., 3]
    return np.asarray(opacity >> (_depth(data) - 8) if opacity.dtype == np.uint16 else opacity, np.uint8)


def _grey_key(stored: NDArray[Any], data: bytes) -> NDArray[np.uint8] | None:
    """Of a grey PNG that names one level as transparent, which OpenCV does for colours alone."""
    key, depth = png_content(data, b"tRNS"), data[24]
    if key is None or len(key) < 2 or data[25] != _GREY:
        return None
    level = int.from_bytes(key[:2], "big") * (255 // (2**depth - 1) if depth < 8 else 1)
    return np.where(stored == level, 0, 255).astype(np.uint8)


def _is_premultiplied(stored: NDArray[Any], data: bytes) -> bool:
    """Whether the colours come multiplied by the opacity: TIFF's associated alpha, and all of 8 bits."""
    if format_of(data) != "TIFF":
        return False
    alpha = tiff_tag(data, _EXTRA_SAMPLES)
    return alpha == _ASSOCIATED or (alpha == _UNASSOCIATED and stored.dtype == np.uint8)


def _depth(data: bytes) -> int:
    """Bits of a sample that is stored in 16: AVIF has 10 or 12, in flags of its codec's configuration."""
    at = data.find(b"av1C") if format_of(data) == "AVIF" else -1
    if at < 0 or at + 6 >= len(data):
        return 16
    return 12 if data[at + 6] & 0x20 else 10
