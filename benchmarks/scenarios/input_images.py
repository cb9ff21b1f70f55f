"""The images that a benchmark runs on: synthetic ones for users who give none, and camera frames."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input

SYNTHETIC_SIZE = (640, 480)
SYNTHETIC_COUNT = 4

FRAME = InputSpec(720, 1280, ResizeRule.CENTER_CROP)
"""A camera frame: height and width in px that most cameras deliver, filled by a crop of the photo."""

LETTERBOXED_FRAME = InputSpec(720, 1280, ResizeRule.LETTERBOX)
"""The same frame with the whole photo in it, so that nothing is cut off."""


def write_synthetic_images(folder: Path) -> list[Path]:
    """Writes 640x480 JPEG files with the noise and detail of a photo; the same every time."""
    generator = np.random.default_rng(0)
    paths = []
    for number in range(SYNTHETIC_COUNT):
        coarse = generator.integers(0, 256, (12, 16, 3)).astype(np.uint8)
        smooth = cv2.resize(coarse, SYNTHETIC_SIZE, interpolation=cv2.INTER_CUBIC).astype(np.float32)
        image = np.clip(smooth + generator.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
        paths.append(folder / f"drawn-{number}.jpg")
        paths[-1].write_bytes(cv2.imencode(".jpg", image)[1].tobytes())  # imwrite takes UTF-8 paths alone
    return paths


def camera_frames(
    images: Sequence[Path], spec: InputSpec = FRAME, limits: ImageLimits = DEFAULT_LIMITS
) -> list[Frame]:
    """Reads image files as camera frames, `(720, 1280, 3) uint8 BGR`, by `FRAME` or `LETTERBOXED_FRAME`."""
    photos = (read_photo(image, limits) for image in images)
    return [np.ascontiguousarray(to_input(photo, spec)[..., ::-1]) for photo in photos]
