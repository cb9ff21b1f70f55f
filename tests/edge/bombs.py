"""Files of a few bytes that ask for gigabytes, each by another way that its format has."""

import struct
import zlib
from collections.abc import Iterable

from PIL import Image

from .encoded import drawn, encode


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG, with its checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(
    width: int, height: int, depth: int = 8, colours: int = 2, *, head: bytes = b"", tail: bytes = b""
) -> bytes:
    """A PNG of a size, with other chunks before and behind its pixels, which are black and end early."""
    return _png(width, height, (depth, colours), head, zlib.compress(bytes(1000)), tail)


def whole_png(width: int, height: int, colours: int, head: bytes = b"") -> bytes:
    """A PNG of eight bits a channel whose pixels are all there, and black; 2: of colours, 6: transparent."""
    row, packer = bytes(1 + width * (3 if colours == 2 else 4)), zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return _png(width, height, (8, colours), head, pixels, b"")


def _png(width: int, height: int, kind: tuple[int, int], head: bytes, pixels: bytes, tail: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, *kind, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + head + png_chunk(b"IDAT", pixels) + tail + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def png_animation(width: int, height: int) -> bytes:
    """Chunks before the pixels that announce two pictures of this size."""
    control = struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 10, 0, 0)
    return png_chunk(b"acTL", struct.pack(">II", 2, 0)) + png_chunk(b"fcTL", control)


def png_texts(count: int) -> bytes:
    """Compressed texts of 7.9 MB each."""
    text = zlib.compress(bytes([97]) * 7_900_000)
    return b"".join(png_chunk(b"zTXt", b"key\0\0" + text) for _ in range(count))


def bmp(width: int, height: int) -> bytes:
    """A BMP of runs, which end at once; of a negative height it begins at the top."""
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, 2, 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 1080, 0, 0, 1078) + header + bytes(range(256)) * 4 + b"\0\1"


def tiff(
    width: int, height: int, tile: int = 0, *, bits: int = 8, samples: int = 3, big: bool = False
) -> bytes:
    """A TIFF, or BigTIFF, of one compressed strip or square tile."""
    pixels = zlib.compress(bytes(1000))
    strip = {273: 0, 278: height, 279: len(pixels)}
    place = {322: tile, 323: tile, 324: 0, 325: len(pixels)} if tile else strip
    tags = {256: width, 257: height, 258: bits, 259: 8, 262: 2, 277: samples, **place}
    start, count, entry, offset = (16, "<Q", "<HHQQ", "<Q") if big else (8, "<H", "<HHII", "<I")
    end = start + struct.calcsize(count) + len(tags) * struct.calcsize(entry) + struct.calcsize(offset)
    tags[324 if tile else 273] = end  # where the pixels are
    header = (b"II+\0\x08\0\0\0" if big else b"II*\0") + struct.pack(offset, start)
    entries = [struct.pack(entry, tag, 16 if big else 4, 1, tags[tag]) for tag in sorted(tags)]
    return header + struct.pack(count, len(tags)) + b"".join(entries) + struct.pack(offset, 0) + pixels


def gif(width: int, height: int, codes: Iterable[tuple[int, int]] = ((4, 3), (1, 3), (5, 3))) -> bytes:
    """A GIF of one pixel on a larger screen, from codes and their bits: start anew, the pixel, the end."""
    value = shift = 0
    for code, bits in codes:
        value, shift = value | code << shift, shift + bits
    data = value.to_bytes(-(-shift // 8), "little")
    blocks = (data[at : at + 255] for at in range(0, len(data), 255))
    image = b"\x02" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x81, 0, 0) + bytes(range(12))
    return screen + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + image + b";"


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """A file with one piece replaced, which must be in it."""
    assert old in data
    return data.replace(old, new, 1)


def jpeg(width: int, height: int) -> bytes:
    """A small JPEG that states a larger size."""
    picture = drawn()
    sides = struct.pack(">HH", picture.height, picture.width)
    return changed(encode(picture, "JPEG"), b"\x08" + sides, b"\x08" + struct.pack(">HH", height, width))


def many_scans(scans: int) -> bytes:
    """A progressive JPEG that goes over its picture so often."""
    data = encode(drawn(), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * scans + data[-2:]


def webp(width: int, height: int) -> bytes:
    """A WebP with opacity that states a larger canvas."""
    picture = drawn()
    picture.putalpha(99)
    data = bytearray(encode(picture, "WEBP", lossless=False))
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def unnamed_webp() -> bytes:
    """A WebP whose stream of 16383x16383 px has no name before it, as libwebp takes it too."""
    stream = bytearray(encode(drawn(), "WEBP")[20:])
    stream[1:5] = (16382 | 16382 << 14).to_bytes(4, "little")
    return b"RIFF" + struct.pack("<I", 4 + len(stream)) + b"WEBP" + bytes(stream)


def avif(width: int, height: int) -> bytes:
    """An AVIF whose container states a larger size than its stream has."""
    picture = drawn()
    sides = struct.pack(">II", picture.width, picture.height)
    return changed(encode(picture, "AVIF"), sides, struct.pack(">II", width, height))


def avif_stream() -> bytes:
    """An AVIF whose stream has 18 Mpx, and whose container states a few pixels, to which they are scaled."""
    data = encode(Image.new("RGB", (4250, 4250)), "AVIF", quality=1, speed=10)
    return changed(data, struct.pack(">II", 4250, 4250), struct.pack(">II", 16, 16))
