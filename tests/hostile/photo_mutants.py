"""Image files of every format that are damaged at random, by number."""

import zlib
from collections.abc import Callable
from functools import cache

import cv2
import numpy as np

from ..edge.encoded import drawn, encode, oriented

LARGE = (0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 0x10000, 0xFFFF, 0x7FFF, 20_000, 8_000, 1_000_000, 0, 1)
HEADER = 400  # bytes at the start, where most of the damage is done


def _faded(kind: str, **options: object) -> Callable[[], bytes]:
    picture = drawn()
    picture.putalpha(drawn().getchannel("R"))
    return lambda: encode(picture, kind, **options)


def _pillow(kind: str, mode: str = "RGB", **options: object) -> Callable[[], bytes]:
    return lambda: encode(drawn().convert(mode), kind, **options)


def _animation(kind: str) -> Callable[[], bytes]:
    return lambda: encode(drawn(), kind, save_all=True, append_images=[drawn().rotate(180)])


def _opencv(suffix: str, channels: int, depth: type[np.generic]) -> Callable[[], bytes]:
    picture = np.arange(30 * 45 * channels).reshape(30, 45, channels).astype(depth)
    return cv2.imencode(suffix, picture)[1].tobytes


def _run_length_bmp() -> bytes:
    """Eight bits a pixel, each row one run, which Pillow does not write."""
    plain = bytearray(encode(drawn().convert("P"), "BMP"))
    start = int.from_bytes(plain[10:14], "little")
    plain[30:34] = (1).to_bytes(4, "little")  # the compression
    return bytes(plain[:start]) + b"\x2d\x07\0\0" * 30 + b"\0\1"


ORIGINALS: dict[str, list[Callable[[], bytes]]] = {
    "JPEG": [
        _pillow("JPEG", exif=oriented(6)),
        _pillow("JPEG", progressive=True),
        _pillow("JPEG", "CMYK", progressive=True),
        _pillow("JPEG", "L", restart_marker_blocks=1),
    ],
    "PNG": [
        _pillow("PNG"),
        _faded("PNG"),
        _pillow("PNG", "P"),
        _opencv(".png", 4, np.uint16),
        _animation("PNG"),
    ],
    "WEBP": [_pillow("WEBP"), _pillow("WEBP", lossless=False), _faded("WEBP"), _animation("WEBP")],
    "BMP": [_pillow("BMP"), _pillow("BMP", "P"), _opencv(".bmp", 4, np.uint8), _run_length_bmp],
    "TIFF": [
        _pillow("TIFF", exif=oriented(3)),
        _faded("TIFF", compression="tiff_deflate"),
        _pillow("TIFF", compression="tiff_lzw", big_tiff=True),
        _pillow("TIFF", compression="jpeg"),
        _pillow("TIFF", "1", compression="group4"),
        _pillow("TIFF", "P", compression="packbits"),
        _opencv(".tiff", 3, np.uint16),
    ],
    "GIF": [_pillow("GIF"), _animation("GIF")],
    "AVIF": [_pillow("AVIF", speed=10), _faded("AVIF", speed=10), _animation("AVIF")],
}


@cache
def original(kind: str, variant: int) -> bytes:
    """An undamaged file of a format, in one of its variants."""
    return ORIGINALS[kind][variant % len(ORIGINALS[kind])]()


def kind_of(number: int) -> str:
    """The format that a mutant was before."""
    return list(ORIGINALS)[number % len(ORIGINALS)]


def mutant(number: int) -> bytes:
    """The file of a number: one to four pieces of damage, most of them in its header."""
    rng = np.random.default_rng(number)
    data = bytearray(original(kind_of(number), number // len(ORIGINALS)))
    for _ in range(int(rng.integers(1, 5))):
        _damage(data, rng)
    if kind_of(number) == "PNG" and rng.integers(4):
        _correct_checksums(data)
    return bytes(data)


def _correct_checksums(data: bytearray) -> None:
    """Of a PNG, without which a decoder looks no further."""
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        data[end : min(end + 4, len(data))] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4


def _damage(data: bytearray, rng: np.random.Generator) -> None:
    """A changed byte or number, a piece that is lost, repeated or moved, or an early end."""
    at = int(rng.integers(2, max(3, min(len(data), HEADER) if rng.integers(4) else len(data))))
    length, way = int(rng.integers(1, 40)), rng.integers(8)
    if way < 2:
        data[at : at + 1] = bytes([int(rng.integers(256))])
    elif way < 5:
        size = int(rng.choice([2, 4]))
        value = int(rng.choice(LARGE)) & (1 << 8 * size) - 1
        data[at : at + size] = value.to_bytes(size, "little" if rng.integers(2) else "big")
    elif way == 5:
        del data[at : at + length]
    elif way == 6:
        data[at:at] = data[at : at + length] * int(rng.integers(1, 4))
    else:
        del data[-int(rng.integers(1, max(2, len(data) // 2))) :]
