"""The one way from a photo to a model's input, for training, calibration, evaluation and the device."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.edge.jpeg_reduction import Size
from edgebreed.str_enum import StrEnum

Tensor = NDArray[np.uint8]
"""`(H, W, 3) uint8 RGB`, one row of a model's input, or `(N, H, W, 3)`, a batch of them."""

LETTERBOX_GREY = (114, 114, 114)


class ResizeRule(StrEnum):
    """How a photo of any shape becomes the model's rectangle."""

    SQUASH = "squash"  # both sides scaled on their own; nothing is lost, shapes are distorted
    LETTERBOX = "letterbox"  # scaled to fit, the rest filled with grey
    CENTER_CROP = "center-crop"  # scaled to cover, the overhang cut off


class DecodeRule(StrEnum):
    """How much of an encoded photo is decoded."""

    FULL = "full"  # every pixel
    REDUCED = "reduced"  # a JPEG at 1/2, 1/4 or 1/8 of its sides, as long as they are twice the input's


REDUCED_SIDES = 2  # times the input's: what is left to average, so that the input hardly differs


@dataclass(frozen=True)
class InputSpec:
    """What a model takes: `(N, height, width, 3) uint8 RGB`; scaling sits inside the model.

    Attributes:
        height: in px.
        width: in px.
        resize: how a photo becomes a rectangle of this size.
        decode: how much of an encoded photo is decoded. Frames come decoded and are taken as they are.
    """

    height: int
    width: int
    resize: ResizeRule = ResizeRule.SQUASH
    decode: DecodeRule = DecodeRule.FULL

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1:
            raise ValueError(f"input size {self.height}x{self.width}: both sides must be at least 1 px")

    @property
    def decoded_size(self) -> Size | None:
        """Height and width in px that suffice of a decoded photo; None where every pixel is decoded."""
        if self.decode is DecodeRule.FULL:
            return None
        return REDUCED_SIDES * self.height, REDUCED_SIDES * self.width


def to_input(frame: Frame, spec: InputSpec, out: Tensor | None = None) -> Tensor:
    """Turns a photo into one row of a model's input.

    Shrinking averages areas (no aliasing), enlarging is bilinear: `cv2.INTER_AREA` and
    `cv2.INTER_LINEAR`, which are the same on every platform OpenCV runs on to within one grey level.

    Args:
        frame: `(H, W, 3) uint8 BGR`.
        spec: the model's input size in px and its resize rule.
        out: where to write it, such as a row of a batch; None makes a new array.

    Returns:
        `(spec.height, spec.width, 3) uint8 RGB`, contiguous.
    """
    fitted = _FITS[spec.resize](frame, spec)
    return np.asarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB, dst=out), np.uint8)


def empty_batch(images: int, spec: InputSpec) -> Tensor:
    """Room for so many images, `(N, spec.height, spec.width, 3) uint8`."""
    return np.empty((images, spec.height, spec.width, 3), np.uint8)


def _scale(frame: Frame, width: int, height: int, out: Frame | None = None) -> Frame:
    shrinks = width * height < frame.shape[0] * frame.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, (width, height), dst=out, interpolation=method), np.uint8)


def _squash(frame: Frame, spec: InputSpec) -> Frame:
    return _scale(frame, spec.width, spec.height)


def _letterbox(frame: Frame, spec: InputSpec) -> Frame:
    ratio = min(spec.width / frame.shape[1], spec.height / frame.shape[0])
    width = min(spec.width, max(1, round(frame.shape[1] * ratio)))
    height = min(spec.height, max(1, round(frame.shape[0] * ratio)))
    canvas = np.full((spec.height, spec.width, 3), LETTERBOX_GREY, np.uint8)
    top, left = (spec.height - height) // 2, (spec.width - width) // 2
    _scale(frame, width, height, canvas[top : top + height, left : left + width])
    return canvas


def _center_crop(frame: Frame, spec: InputSpec) -> Frame:
    ratio = min(frame.shape[1] / spec.width, frame.shape[0] / spec.height)
    width, height = max(1, round(spec.width * ratio)), max(1, round(spec.height * ratio))
    top, left = (frame.shape[0] - height) // 2, (frame.shape[1] - width) // 2
    return _scale(frame[top : top + height, left : left + width], spec.width, spec.height)


_FITS = {ResizeRule.SQUASH: _squash, ResizeRule.LETTERBOX: _letterbox, ResizeRule.CENTER_CROP: _center_crop}
