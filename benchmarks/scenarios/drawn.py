"""Photos to measure on where the user gives none."""

from pathlib import Path

import cv2
import numpy as np

SIDES = (640, 480)
COUNT = 4


def write_drawn(folder: Path) -> list[Path]:
    """Draws 640x480 JPEG files with the noise and detail of a camera's picture; the same every time."""
    generator = np.random.default_rng(0)
    paths = []
    for number in range(COUNT):
        coarse = generator.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        smooth = cv2.resize(coarse, SIDES, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        picture = np.clip(smooth + generator.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
        paths.append(folder / f"drawn-{number}.jpg")
        cv2.imwrite(str(paths[-1]), picture)
    return paths
