"""Encoded images of every format, made by Pillow, which shares no decoder with OpenCV."""

import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FAITHFUL: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
}
"""Options by which a format keeps the picture as it is, or nearly."""
ORIENTATION = 0x0112  # EXIF tag


def drawn(width: int = 45, height: int = 30) -> Image.Image:
    """A smooth picture without symmetry, RGB."""
    coarse = np.random.default_rng(1).integers(0, 256, (3, 4, 3), np.uint8)
    return Image.fromarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR))


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of a format."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **{**FAITHFUL.get(kind, {}), **options})
    return buffer.getvalue()


def oriented(number: int) -> Image.Exif:
    """EXIF with an orientation, 1 to 8."""
    exif = Image.Exif()
    exif[ORIENTATION] = number
    return exif


def upright(picture: Image.Image, number: int) -> Image.Image:
    """The picture as it is to be seen when its file states the orientation."""
    turned = picture.copy()
    turned.getexif()[ORIENTATION] = number
    return ImageOps.exif_transpose(turned)


def bgr(picture: Image.Image) -> NDArray[np.uint8]:
    """`(H, W, 3) uint8 BGR`."""
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[..., ::-1])


def difference(frame: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    """Mean difference in grey levels; of different shapes, the largest there is."""
    if frame.shape != expected.shape:
        return 255.0
    return float(np.abs(frame.astype(int) - expected).mean())
