"""What the ARM cores are asked: a file of each recipe, photos and a video."""

import sys
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.export.exporter import export
from edgebreed.export.recipe import Recipe
from edgebreed.export.request import ExportConfig
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.trainer import train

PHOTOS, FRAMES = 20, 6
EPOCHS = 4


def write_models(folder: Path) -> None:
    """Trains a small CNN on drawn shapes, and exports it in each format, precision and target."""
    run = folder / "run"
    if not (run / "model.keras").exists():
        train(TrainConfig(run, folder / "cache", Arch.SCRATCH, None, epochs=EPOCHS))
    for recipe in Recipe.all():
        path = folder / f"{recipe.name}.{recipe.format}"
        if not path.exists():
            # What an export may lose is not asked here: whether ARM computes the same is.
            export(ExportConfig(run=run, recipe=recipe, out=path, max_float_layers=0, force=True))


def write_photos(folder: Path, originals: Path) -> None:
    """Photos from few: as they are, mirrored, cut around the middle and cut from a corner.

    None stands upside down: what a network has never seen it answers by chance, and one grey level in a
    thousandth of the pixels then moves an int8 file's probability by more than the difference of processors.
    """
    folder.mkdir(exist_ok=True)
    paths = sorted(originals.iterdir())
    for number in range(PHOTOS):
        image = np.asarray(cv2.imread(str(paths[number % len(paths)])), np.uint8)
        cv2.imwrite(str(folder / f"{number:02}.jpg"), _varied(image, number // len(paths)))


def _varied(image: Frame, kind: int) -> Frame:
    height, width = image.shape[:2]
    middle = image[height // 8 : -height // 8, width // 8 : -width // 8]
    corner = image[: -height // 6, : -width // 6]
    return np.ascontiguousarray((image, image[:, ::-1], middle, corner)[kind])


def write_video(path: Path, photos: Path) -> None:
    """A video of the photos."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for photo in sorted(photos.iterdir())[:FRAMES]:
        writer.write(cv2.resize(np.asarray(cv2.imread(str(photo)), np.uint8), (640, 480)))
    writer.release()


if __name__ == "__main__":
    work = Path(sys.argv[1])
    write_models(work / "models")
    write_photos(work / "photos", work / "originals")
    write_video(work / "video.avi", work / "photos")
