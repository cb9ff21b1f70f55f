"""The one way from a photo to a model's input, for training, calibration, evaluation and the device."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.edge.jpeg_reduction import Size
from edgebreed.edge.resampling import Interpolation, resample
from edgebreed.str_enum import StrEnum

Tensor = NDArray[np.uint8]
"""`(H, W, 3) uint8 RGB`, one row of a model's input, or `(N, H, W, 3)`, a batch of them."""

LETTERBOX_GREY = 114


class ResizeRule(StrEnum):
    """How a photo of any shape becomes the model's rectangle."""

    SQUASH = "squash"  # both sides scaled on their own; nothing is lost, shapes are distorted
    LETTERBOX = "letterbox"  # scaled to fit and put into the middle, the rest filled with grey
    TOP_LEFT = "top-left"  # the same at the top left
    CENTER_CROP = "center-crop"  # the largest part of the input's shape, cut from the middle and scaled
    SHORTER_SIDE = (
        "shorter-side"  # the shorter side scaled to `resize_to`, then the input cut from the middle
    )


class Rounding(StrEnum):
    """How lengths and places that are no whole pixels become some; programs differ in it by one pixel."""

    NEAREST = "nearest"  # lengths to the nearest, the corner of a cut down
    FLOOR = "floor"  # both down, as Hugging Face's image processors
    CEIL = "ceil"  # lengths up, the corner down, as PaddleOCR
    TORCHVISION = "torchvision"  # lengths down, the corner to the nearest, half to even


class DecodeRule(StrEnum):
    """How much of an encoded photo is decoded."""

    FULL = "full"  # every pixel
    REDUCED = "reduced"  # a JPEG at 1/2, 1/4 or 1/8 of its sides, as long as they are twice the input's


CROPPED = (ResizeRule.SQUASH, ResizeRule.SHORTER_SIDE)
"""Rules that may scale to more than the input, and then cut it from the middle."""
REDUCED_SIDES = 2  # times the input's: what is left to average, so that the input hardly differs


@dataclass(frozen=True)
class InputSpec:
    """What a model takes: `(N, height, width, 3) uint8 RGB`; scaling sits inside the model.

    Attributes:
        height: in px.
        width: in px.
        resize: how a photo becomes a rectangle of this size.
        decode: how much of an encoded photo is decoded. Frames come decoded and are taken as they are.
        interpolation: how pixels are computed.
        resize_to: length in px that sides are scaled to before the input is cut from the middle: the shorter
            side with the rule `shorter-side`, both with `squash`; None is the input's own size.
        padding: grey level of what the rules `letterbox` and `top-left` add.
        rounding: of lengths and corners in px, in all rules but `squash` to the input's own size.
        jpeg_quality: of a JPEG that the resized picture is made and decoded again, as some programs do; None
            leaves the pixels as they are.
        grey: whether a photo is made grey before it is resized; all three channels are then the same.
    """

    height: int
    width: int
    resize: ResizeRule = ResizeRule.SQUASH
    decode: DecodeRule = DecodeRule.FULL
    interpolation: Interpolation = Interpolation.AUTO
    resize_to: int | None = None
    padding: int = LETTERBOX_GREY
    rounding: Rounding = Rounding.NEAREST
    jpeg_quality: int | None = None
    grey: bool = False

    def __post_init__(self) -> None:
        if min(self.height, self.width) < 1:
            raise ValueError(f"input size {self.height}x{self.width}: both sides must be at least 1 px")
        if not 0 <= self.padding <= 255:
            raise ValueError(f"padding {self.padding}: give a grey level from 0 to 255")
        if self.jpeg_quality is not None and not 1 <= self.jpeg_quality <= 100:
            raise ValueError(f"jpeg_quality {self.jpeg_quality}: give 1 to 100, or leave it out")
        if self.resize_to is None:
            return
        if self.resize not in CROPPED:
            raise ValueError(f"resize_to with the rule {self.resize}: it goes with {' and '.join(CROPPED)}")
        if self.resize_to < max(self.height, self.width):
            raise ValueError(f"resize_to {self.resize_to}: at least the input, {self.height}x{self.width}")

    @property
    def decoded_size(self) -> Size | None:
        """Height and width in px that suffice of a decoded photo; None where every pixel is decoded."""
        if self.decode is DecodeRule.FULL:
            return None
        height, width = (REDUCED_SIDES * (self.resize_to or side) for side in (self.height, self.width))
        return height, width


def to_input(frame: Frame, spec: InputSpec, out: Tensor | None = None) -> Tensor:
    """Turns a photo into one row of a model's input.

    With the interpolation `auto`, shrinking averages areas (no aliasing) and enlarging is bilinear:
    `cv2.INTER_AREA` and `cv2.INTER_LINEAR`, which are the same on every platform OpenCV runs on to within one
    grey level.

    Args:
        frame: `(H, W, 3) uint8 BGR`.
        spec: the model's input size in px, and how a photo comes to it.
        out: where to write it, such as a row of a batch; None makes a new array.

    Returns:
        `(spec.height, spec.width, 3) uint8 RGB`, contiguous.
    """
    if spec.grey:
        frame = np.asarray(
            cv2.cvtColor(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
        )
    fitted = _FITS[spec.resize](frame, spec)
    if spec.jpeg_quality is not None:
        fitted = _as_jpeg(fitted, spec.jpeg_quality)
    return np.asarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGB, dst=out), np.uint8)


def _as_jpeg(frame: Frame, quality: int) -> Frame:
    _, data = cv2.imencode(".jpg", frame, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def empty_batch(images: int, spec: InputSpec) -> Tensor:
    """Room for so many images, `(N, spec.height, spec.width, 3) uint8`."""
    return np.empty((images, spec.height, spec.width, 3), np.uint8)


def _squash(frame: Frame, spec: InputSpec) -> Frame:
    size = (spec.resize_to or spec.width, spec.resize_to or spec.height)
    return _middle(resample(frame, *size, spec.interpolation), spec)


def _shorter_side(frame: Frame, spec: InputSpec) -> Frame:
    size = _scaled(frame, (spec.resize_to or max(spec.height, spec.width)) / min(frame.shape[:2]), spec)
    return _middle(resample(frame, *size, spec.interpolation), spec)


def _middle(frame: Frame, spec: InputSpec) -> Frame:
    top, left = _corner(frame.shape[0] - spec.height, spec), _corner(frame.shape[1] - spec.width, spec)
    return frame[top : top + spec.height, left : left + spec.width]


def _corner(rest: int, spec: InputSpec) -> int:
    """Where a cut begins that leaves so many px of a side."""
    return round(rest / 2) if spec.rounding is Rounding.TORCHVISION else rest // 2


def _scaled(frame: Frame, ratio: float, spec: InputSpec) -> tuple[int, int]:
    """Width and height in px of a frame that is scaled, at least 1."""
    whole = _WHOLE[spec.rounding]
    # without the error of the division, which would lift or lower a whole number
    width, height = (max(1, whole(round(side * ratio, 6))) for side in (frame.shape[1], frame.shape[0]))
    return width, height


_WHOLE: dict[Rounding, Callable[[float], int]] = {
    Rounding.NEAREST: round,
    Rounding.FLOOR: math.floor,
    Rounding.CEIL: math.ceil,
    Rounding.TORCHVISION: math.floor,
}


def _letterbox(frame: Frame, spec: InputSpec) -> Frame:
    width, height = _fitting(frame, spec)
    return _padded(frame, spec, (width, height), ((spec.height - height) // 2, (spec.width - width) // 2))


def _top_left(frame: Frame, spec: InputSpec) -> Frame:
    return _padded(frame, spec, _fitting(frame, spec), (0, 0))


def _fitting(frame: Frame, spec: InputSpec) -> tuple[int, int]:
    """Width and height in px of a frame that is scaled to fit."""
    width, height = _scaled(frame, min(spec.width / frame.shape[1], spec.height / frame.shape[0]), spec)
    return min(spec.width, width), min(spec.height, height)


def _padded(frame: Frame, spec: InputSpec, size: tuple[int, int], corner: tuple[int, int]) -> Frame:
    """A frame resized to width and height, with its top left pixel at a place in the input."""
    (width, height), (top, left) = size, corner
    canvas = np.full((spec.height, spec.width, 3), spec.padding, np.uint8)
    part = canvas[top : top + height, left : left + width]
    resample(frame, width, height, spec.interpolation, part)
    return canvas


def _center_crop(frame: Frame, spec: InputSpec) -> Frame:
    """The part is as large as fits, so its lengths are rounded to the nearest px by every program."""
    ratio = min(frame.shape[1] / spec.width, frame.shape[0] / spec.height)
    width, height = max(1, round(spec.width * ratio)), max(1, round(spec.height * ratio))
    top, left = _corner(frame.shape[0] - height, spec), _corner(frame.shape[1] - width, spec)
    part = frame[top : top + height, left : left + width]
    return resample(part, spec.width, spec.height, spec.interpolation)


_FITS = {
    ResizeRule.SQUASH: _squash,
    ResizeRule.LETTERBOX: _letterbox,
    ResizeRule.TOP_LEFT: _top_left,
    ResizeRule.CENTER_CROP: _center_crop,
    ResizeRule.SHORTER_SIDE: _shorter_side,
}
