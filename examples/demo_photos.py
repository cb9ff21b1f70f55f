"""Writes real photographs that Python packages carry, for a demonstration without downloads of its own.

pip install "edgebreed[cpu]" scikit-image foolbox
python examples/demo_photos.py photos
"""

import argparse
import shutil
from importlib.util import find_spec
from pathlib import Path

import cv2

IMAGENET_PHOTOS = {
    "imagenet_02_438.jpg": "beaker.jpg",
    "imagenet_00_243.jpg": "dog-1.jpg",
    "imagenet_16_251.jpg": "dog-2.jpg",
}
"""ImageNet photographs in foolbox's data; the last number of a name is its class: 243 and 251 are dogs."""
MISSING = "the photographs lie in packages that are not installed: run `pip install scikit-image foolbox`"


def write_photos(folder: Path) -> None:
    """Writes photographs of two dogs, a cat, a person, a cup and a beaker."""
    import foolbox
    from skimage import data

    folder.mkdir(parents=True, exist_ok=True)
    for name, image in (("person", data.astronaut()), ("cat", data.chelsea()), ("coffee", data.coffee())):
        cv2.imwrite(str(folder / f"{name}.png"), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    for source, name in IMAGENET_PHOTOS.items():
        shutil.copy(Path(foolbox.__file__).parent / "data" / source, folder / name)


def main() -> None:
    """Writes the photographs into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write six photographs to try the model that ships on.")
    parser.add_argument("folder", type=Path, help="where to write them")
    folder = parser.parse_args().folder
    if not (find_spec("foolbox") and find_spec("skimage")):
        parser.exit(2, f"{parser.prog}: {MISSING}\n")
    write_photos(folder)


if __name__ == "__main__":
    main()
