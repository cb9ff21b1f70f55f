"""The size of an image, read from its first bytes: decoding one makes room for it before it reads a pixel."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from edgebreed.edge.avif_header import avif_size
from edgebreed.edge.gif_codes import count_gif_clears
from edgebreed.edge.image_format import format_of
from edgebreed.edge.jpeg_markers import MOST_MARKERS, START_OF_SCAN, jpeg_markers, jpeg_size
from edgebreed.edge.png_chunks import png_head
from edgebreed.edge.tiff_header import read_tiff_size

_DEEP = 16  # bits a sample; OpenCV makes no photo of more
_COLOURS = 3  # samples a pixel
_OS2_HEADER = 12  # bytes; those of Windows have more


@dataclass(frozen=True)
class ImageHeader:
    """What a header states.

    Attributes:
        width: in px, as `height`, before a turn by EXIF.
        pixels: of 8 bits a channel that room is made for; at least width times height.
        scans: how often a JPEG goes over the picture; 1 for other formats.
        texts: compressed texts in a PNG, 8 MB each at most.
        clears: how often the dictionary of a GIF's first picture starts anew.
    """

    width: int
    height: int
    pixels: int
    scans: int = 1
    texts: int = 0
    clears: int = 0


def read_header(data: bytes) -> ImageHeader | None:
    """Reads the header of a JPEG, PNG, WebP, BMP, TIFF, GIF or AVIF file; None where that is damaged."""
    read = _READERS.get(format_of(data) or "")
    try:
        header = read(data) if read else None
    except (struct.error, IndexError):  # it ends early
        return None
    return header if header and header.width > 0 and header.height > 0 else None


def _plain(width: int, height: int) -> ImageHeader:
    return ImageHeader(width, height, width * height)


def _jpeg(data: bytes) -> ImageHeader | None:
    size, markers = jpeg_size(data), list(jpeg_markers(data))
    if size is None or len(markers) == MOST_MARKERS:
        return None
    scans = sum(marker.number == START_OF_SCAN for marker in markers)
    return ImageHeader(size[1], size[0], size[0] * size[1], scans)


def _png(data: bytes) -> ImageHeader | None:
    head = png_head(data)
    if head is None:
        return None
    width, height, depth, colours = struct.unpack_from(">IIBB", data, 16)
    opacity = colours & 4 or any(chunk.name == b"tRNS" for chunk in head)
    texts = data.count(b"zTXt") + data.count(b"iTXt")
    return ImageHeader(width, height, width * height * _room(depth, bool(opacity)), texts=texts)


def _webp(data: bytes) -> ImageHeader | None:
    kind = data[12:16]
    if kind == b"VP8X":  # extended: opacity, EXIF, or an animation
        sides = struct.unpack_from("<HBHB", data, 24)
        return _plain(sides[0] + (sides[1] << 16) + 1, sides[2] + (sides[3] << 16) + 1)
    if kind == b"VP8L":  # lossless
        (packed,) = struct.unpack_from("<I", data, 21)
        return _plain((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    if kind != b"VP8 ":  # libwebp takes a stream without a name too, which states its size elsewhere
        return None
    width, height = struct.unpack_from("<HH", data, 26)
    return _plain(width & 0x3FFF, height & 0x3FFF)


def _bmp(data: bytes) -> ImageHeader | None:
    if struct.unpack_from("<I", data, 14)[0] == _OS2_HEADER:
        return _plain(*struct.unpack_from("<HH", data, 18))
    width, height = struct.unpack_from("<ii", data, 18)
    return _plain(width, abs(height))  # below 0: from the top


def _gif(data: bytes) -> ImageHeader | None:
    clears = count_gif_clears(data)
    width, height = struct.unpack_from("<HH", data, 6)
    return None if clears is None else ImageHeader(width, height, width * height, clears=clears)


def _tiff(data: bytes) -> ImageHeader | None:
    size = read_tiff_size(data)
    if size is None or size.bits > _DEEP:
        return None
    pixels = max(size.width * size.height, size.tile_width * size.tile_height)
    return ImageHeader(size.width, size.height, pixels * _room(size.bits, size.samples > _COLOURS))


def _avif(data: bytes) -> ImageHeader | None:
    size = avif_size(data)
    return ImageHeader(size[0], size[1], max(size[0] * size[1], size[2])) if size else None


def _room(bits: int, opacity: bool) -> int:
    """How much of it a pixel takes: twice where four channels have more than a byte."""
    return 2 if bits == _DEEP and opacity else 1


_READERS: dict[str, Callable[[bytes], ImageHeader | None]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "BMP": _bmp,
    "GIF": _gif,
    "TIFF": _tiff,
    "AVIF": _avif,
}
