"""Writes real photographs that Python packages carry, for a demonstration without downloads of its own.

Run it as `python examples/demo_photos.py FOLDER`; it needs scikit-image and foolbox (the group `dev`).
"""

import shutil
import sys
from pathlib import Path

import cv2
import foolbox
from skimage import data

IMAGENET_PHOTOS = {
    "imagenet_02_438.jpg": "beaker.jpg",
    "imagenet_00_243.jpg": "dog-1.jpg",
    "imagenet_16_251.jpg": "dog-2.jpg",
}
"""ImageNet photographs in foolbox's data; the last number of a name is its class: 243 and 251 are dogs."""


def write_photos(folder: Path) -> None:
    """Writes photographs of two dogs, a cat, a person, a cup and a beaker."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in (("person", data.astronaut()), ("cat", data.chelsea()), ("coffee", data.coffee())):
        cv2.imwrite(str(folder / f"{name}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    for source, name in IMAGENET_PHOTOS.items():
        shutil.copy(Path(foolbox.__file__).parent / "data" / source, folder / name)


if __name__ == "__main__":
    write_photos(Path(sys.argv[1]))
