"""Image files whose EXIF is damaged at random, by number."""

import numpy as np
from PIL import Image

from ..edge.encoded import drawn, encode, oriented

KINDS = ("JPEG", "JPEG", "JPEG", "PNG", "WEBP", "TIFF")
"""JPEG is half of the campaign, as most files with EXIF are."""
SUFFIX = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "TIFF": "tif"}
VALUES = np.array([0, 1, 2, 3, 6, 8, 0x7F, 0x80, 0xFF])
BEFORE, BEHIND = 24, 240  # bytes around the start of EXIF that are damaged: marks, lengths, entries, values


def camera_exif(orientation: int) -> Image.Exif:
    """EXIF as a camera writes it: texts, fractions, a directory of its own and one of the place."""
    exif = oriented(orientation)
    exif.update({0x010F: "Maker", 0x0110: "Model 5", 0x0132: "2026:11:28 03:00:00", 0x011A: 72.0})
    exif.get_ifd(0x8769).update({0x829A: 0.01, 0x8827: 400, 0x927C: b"note" * 9})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 13.0)})
    return exif


def original(number: int) -> tuple[str, bytes, bytes]:
    """The format of a mutant, the file it comes from, and the same picture without EXIF."""
    kind = KINDS[number % len(KINDS)]
    picture = drawn(24, 16)
    return kind, encode(picture, kind, exif=camera_exif(1 + number % 8)), encode(picture, kind)


def mutant(number: int) -> bytes:
    """The file of a number: one to eight bytes of its EXIF changed, removed or added."""
    _, data, _ = original(number)
    rng = np.random.default_rng(number)
    start = max(data.find(b"MM\0*"), data.find(b"II*\0"))
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 9))):
        at = int(rng.integers(max(4, start - BEFORE), min(len(changed), start + BEHIND)))
        value = int(rng.choice(VALUES) if rng.integers(2) else rng.integers(256))
        kind = rng.integers(8)
        if kind == 0:
            del changed[at]
        elif kind == 1:
            changed.insert(at, value)
        else:
            changed[at] = value
    return bytes(changed)
