"""The one way from a photo to a model's input, for training, calibration, evaluation and the device."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.str_enum import StrEnum

Tensor = NDArray[np.uint8]
"""`(H, W, 3) uint8 RGB`, one row of a model's input."""

LETTERBOX_GREY = (114, 114, 114)


class ResizeRule(StrEnum):
    """How a photo of any shape becomes the model's rectangle."""

    SQUASH = "squash"  # both sides scaled on their own; nothing is lost, shapes are distorted
    LETTERBOX = "letterbox"  # scaled to fit, the rest filled with grey
    CENTER_CROP = "center-crop"  # scaled to cover, the overhang cut off


@dataclass(frozen=True)
class InputSpec:
    """What a model takes: `(N, height, width, 3) uint8 RGB`; scaling sits inside the model."""

    height: int
    width: int
    resize: ResizeRule = ResizeRule.SQUASH

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1:
            raise ValueError(f"input size {self.height}x{self.width}: both sides must be at least 1 px")


def to_input(frame: Frame, spec: InputSpec) -> Tensor:
    """Turns a photo into one row of a model's input.

    Shrinking averages areas (no aliasing), enlarging is bilinear: `cv2.INTER_AREA` and
    `cv2.INTER_LINEAR`, which are the same on every platform OpenCV runs on to within one grey level.

    Args:
        frame: `(H, W, 3) uint8 BGR`.
        spec: the model's input size in px and its resize rule.

    Returns:
        `(spec.height, spec.width, 3) uint8 RGB`, contiguous.
    """
    fitted = _FITS[spec.resize](frame, spec)
    return np.asarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB), np.uint8)


def _scale(frame: Frame, width: int, height: int) -> Frame:
    shrinks = width * height < frame.shape[0] * frame.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, (width, height), interpolation=method), np.uint8)


def _squash(frame: Frame, spec: InputSpec) -> Frame:
    return _scale(frame, spec.width, spec.height)


def _letterbox(frame: Frame, spec: InputSpec) -> Frame:
    ratio = min(spec.width / frame.shape[1], spec.height / frame.shape[0])
    width = min(spec.width, max(1, round(frame.shape[1] * ratio)))
    height = min(spec.height, max(1, round(frame.shape[0] * ratio)))
    canvas = np.full((spec.height, spec.width, 3), LETTERBOX_GREY, np.uint8)
    top, left = (spec.height - height) // 2, (spec.width - width) // 2
    canvas[top : top + height, left : left + width] = _scale(frame, width, height)
    return canvas


def _center_crop(frame: Frame, spec: InputSpec) -> Frame:
    ratio = min(frame.shape[1] / spec.width, frame.shape[0] / spec.height)
    width, height = max(1, round(spec.width * ratio)), max(1, round(spec.height * ratio))
    top, left = (frame.shape[0] - height) // 2, (frame.shape[1] - width) // 2
    return _scale(frame[top : top + height, left : left + width], spec.width, spec.height)


_FITS = {ResizeRule.SQUASH: _squash, ResizeRule.LETTERBOX: _letterbox, ResizeRule.CENTER_CROP: _center_crop}
