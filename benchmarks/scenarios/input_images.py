"""Photos as a camera would deliver them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input

CAMERA = InputSpec(720, 1280, ResizeRule.CENTER_CROP)
"""Height and width of a frame in px: what most cameras give."""

WHOLE = InputSpec(720, 1280, ResizeRule.LETTERBOX)
"""The same frame with nothing of a photo cut off, so that no face is."""


def camera_frames(photos: Sequence[Path], spec: InputSpec = CAMERA) -> list[Frame]:
    """Photos as frames of a camera, `(720, 1280, 3) uint8 BGR`; they fill it, or are `WHOLE`."""
    return [np.ascontiguousarray(to_input(read_photo(photo), spec)[..., ::-1]) for photo in photos]
