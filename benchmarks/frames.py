"""Photos as a camera would deliver them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input

CAMERA = InputSpec(720, 1280, ResizeRule.CENTER_CROP)
"""Height and width of a frame in px: what most cameras give."""


def camera_frames(photos: Sequence[Path], spec: InputSpec = CAMERA) -> list[Frame]:
    """Photos scaled to fill a camera's frame, `(720, 1280, 3) uint8 BGR`."""
    return [np.ascontiguousarray(to_input(read_photo(photo), spec)[..., ::-1]) for photo in photos]
