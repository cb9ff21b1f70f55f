"""Resizing as OpenCV and as Pillow compute it: a model answers as trained where its input is as in training.

Pillow widens its filters when it shrinks a picture (antialiasing), OpenCV only averages areas; where a photo
shrinks to a third, the two bilinear filters differ by 10 grey levels and more.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.str_enum import StrEnum

Weights = NDArray[np.float64]
"""`(target, source) float64`: the share of each source pixel in a target pixel, in whole units of 2^-22."""

_BAND = 16  # rows that are computed at a time
_ONE = float(1 << 22)  # Pillow's fixed point; float64 holds the sums exactly


class Interpolation(StrEnum):
    """How pixels are computed when a photo is resized."""

    AUTO = (
        "auto"  # OpenCV's area average where it shrinks, bilinear where it grows: what edgebreed trains with
    )
    CV2_NEAREST = "cv2-nearest"
    CV2_LINEAR = "cv2-linear"  # also TensorFlow's bilinear without antialiasing
    CV2_CUBIC = "cv2-cubic"
    CV2_AREA = "cv2-area"
    CV2_LANCZOS = "cv2-lanczos"
    PIL_NEAREST = "pil-nearest"
    PIL_BOX = "pil-box"
    PIL_BILINEAR = "pil-bilinear"
    PIL_BICUBIC = "pil-bicubic"
    PIL_LANCZOS = "pil-lanczos"


_OPENCV = {
    Interpolation.CV2_NEAREST: cv2.INTER_NEAREST,
    Interpolation.CV2_LINEAR: cv2.INTER_LINEAR,
    Interpolation.CV2_CUBIC: cv2.INTER_CUBIC,
    Interpolation.CV2_AREA: cv2.INTER_AREA,
    Interpolation.CV2_LANCZOS: cv2.INTER_LANCZOS4,
}


def resample(
    frame: Frame, width: int, height: int, interpolation: Interpolation, out: Frame | None = None
) -> Frame:
    """A frame in another size.

    Args:
        frame: `(H, W, 3) uint8`, channels in any order.
        width: in px.
        height: in px.
        interpolation: how pixels are computed.
        out: where to write it; None makes a new array.

    Returns:
        `(height, width, 3) uint8`.
    """
    if interpolation in _PILLOW or interpolation is Interpolation.PIL_NEAREST:
        resized = _as_pillow(frame, width, height, interpolation)
        if out is None:
            return resized
        out[...] = resized
        return out
    if interpolation is Interpolation.AUTO:
        shrinks = width * height < frame.shape[0] * frame.shape[1]
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    else:
        method = _OPENCV[interpolation]
    return np.asarray(cv2.resize(frame, (width, height), dst=out, interpolation=method), np.uint8)


def _as_pillow(frame: Frame, width: int, height: int, interpolation: Interpolation) -> Frame:
    """One side after the other, rounded to whole grey levels in between, as `Image.resize` of Pillow 13.

    It begins with the rows where the height shrinks by more than twice as many px as the width; before 13 it
    always began with the columns, which changes single pixels by one level.
    """
    if interpolation is Interpolation.PIL_NEAREST:
        rows, columns = _nearest(frame.shape[0], height), _nearest(frame.shape[1], width)
        return np.ascontiguousarray(frame[rows][:, columns])
    less_height, less_width = frame.shape[0] - height, frame.shape[1] - width
    if less_height > max(0, 2 * less_width):
        return _columns(_rows(frame, height, interpolation), width, interpolation)
    return _rows(_columns(frame, width, interpolation), height, interpolation)


def _columns(frame: Frame, width: int, interpolation: Interpolation) -> Frame:
    turned = _rows(np.ascontiguousarray(frame.transpose(1, 0, 2)), width, interpolation)
    return np.ascontiguousarray(turned.transpose(1, 0, 2))


def _rows(frame: Frame, height: int, interpolation: Interpolation) -> Frame:
    """Each row of the result as the weighted sum of some of the frame's rows."""
    if height == frame.shape[0]:
        return frame
    rows = frame.reshape(frame.shape[0], -1)
    result = np.empty((height, rows.shape[1]), np.uint8)
    for start, first, weights in _bands(frame.shape[0], height, interpolation):
        sums = weights @ rows[first : first + weights.shape[1]].astype(np.float64)
        result[start : start + len(weights)] = np.clip(np.floor(sums / _ONE + 0.5), 0, 255)
    return result.reshape(height, *frame.shape[1:])


@lru_cache(maxsize=8)  # a camera's frames all have one size
def _bands(source: int, target: int, interpolation: Interpolation) -> list[tuple[int, int, Weights]]:
    """The weights of a few rows at a time, with the first of them, and of the source's rows that they need.

    Most weights are 0: without them, a frame of 1920 px that shrinks to 224 takes a tenth of the sums.
    """
    weights = pillow_weights(source, target, interpolation)
    bands = []
    for start in range(0, target, _BAND):
        part = weights[start : start + _BAND]
        used = np.flatnonzero(part.any(axis=0))
        bands.append((start, int(used[0]), np.ascontiguousarray(part[:, used[0] : used[-1] + 1])))
    return bands


def _nearest(source: int, target: int) -> NDArray[np.intp]:
    """The pixel below the centre of each target pixel; Pillow adds the steps up, rounding errors included."""
    steps = np.full(target, source / target)
    steps[0] /= 2
    return np.minimum(np.cumsum(steps).astype(np.intp), source - 1)


def pillow_weights(source: int, target: int, interpolation: Interpolation) -> Weights:
    """The weights of Pillow's resampling along one side (`precompute_coeffs` in its `Resample.c`).

    Args:
        source: length of the side in px.
        target: the same after resizing.
        interpolation: one of Pillow's.
    """
    kernel, reach = _PILLOW[interpolation]
    scale = source / target
    stretch = max(scale, 1.0)
    support = reach * stretch
    weights = np.zeros((target, source))
    for row, middle in enumerate((np.arange(target) + 0.5) * scale):
        first, last = max(0, int(middle - support + 0.5)), min(source, int(middle + support + 0.5))
        values = kernel((np.arange(first, last) - middle + 0.5) / stretch)
        shares = values / values.sum() * _ONE
        weights[row, first:last] = np.trunc(shares + np.copysign(0.5, shares))
    return weights


Distances = NDArray[np.float64]
"""`(N,) float64`, in pixels of the smaller picture."""


def _box(x: Distances) -> Distances:
    return np.where((x > -0.5) & (x <= 0.5), 1.0, 0.0)


def _triangle(x: Distances) -> Distances:
    return np.clip(1.0 - np.abs(x), 0.0, None)


def _cubic(x: Distances) -> Distances:
    """Keys's cubic with a = -0.5; OpenCV's has -0.75."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x < 1.0, near, np.where(x < 2.0, far, 0.0))


def _lanczos(x: Distances) -> Distances:
    return np.where(np.abs(x) < 3.0, np.sinc(x) * np.sinc(x / 3.0), 0.0)


_PILLOW: dict[Interpolation, tuple[Callable[[Distances], Distances], float]] = {
    Interpolation.PIL_BOX: (_box, 0.5),
    Interpolation.PIL_BILINEAR: (_triangle, 1.0),
    Interpolation.PIL_BICUBIC: (_cubic, 2.0),
    Interpolation.PIL_LANCZOS: (_lanczos, 3.0),
}
"""Kernel, and how far it reaches in pixels of the smaller picture."""
