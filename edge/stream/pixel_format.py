"""Frames as a GStreamer pipeline's own appsink delivers them, made BGR."""

import re
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError

_TO_BGR = {
    "GRAY8": cv2.COLOR_GRAY2BGR,
    "BGRx": cv2.COLOR_BGRA2BGR,
    "BGRA": cv2.COLOR_BGRA2BGR,
    "RGBx": cv2.COLOR_RGBA2BGR,
    "RGBA": cv2.COLOR_RGBA2BGR,
    "NV12": cv2.COLOR_YUV2BGR_NV12,
    "NV21": cv2.COLOR_YUV2BGR_NV21,
    "I420": cv2.COLOR_YUV2BGR_I420,
    "YV12": cv2.COLOR_YUV2BGR_YV12,
    "YUY2": cv2.COLOR_YUV2BGR_YUY2,
    "YVYU": cv2.COLOR_YUV2BGR_YVYU,
    "UYVY": cv2.COLOR_YUV2BGR_UYVY,
}
"""GStreamer's names to OpenCV's conversions."""
_TWO_PLANES = (
    "NV12",
    "NV21",
    "I420",
    "YV12",
)  # the grey picture, and below it the colours at a quarter of it
_CHANNELS = {"BGRx": 4, "BGRA": 4, "RGBx": 4, "RGBA": 4, "YUY2": 2, "YVYU": 2, "UYVY": 2}
_FORMAT = re.compile(r"\bformat\s*=\s*(?:\(string\)\s*)?(\w+)")
_UNCHANGING = ("queue", "queue2", "identity", "tee", "videorate")
"""Elements that leave the format as it is; others, such as `videoconvert`, may change it."""


def stated_format(pipeline: str) -> str:
    """The format in which frames reach the appsink, as the caps state it; empty if they do not."""
    before, _, sink = pipeline.partition("appsink")
    found = _FORMAT.search(sink)
    if found:
        return found[1]
    for part in reversed(before.rstrip(" !").split("!")):
        element = part.split()[0].rstrip(",") if part.split() else ""
        if "/" in element:
            found = _FORMAT.search(part)
            return found[1] if found and element.startswith("video/x-raw") else ""
        if element not in _UNCHANGING:
            return ""
    return ""


def to_bgr(frame: NDArray[Any], stated: str, height: int) -> Frame:
    """Converts a frame to `(H, W, 3) uint8 BGR`; one that has this form is BGR, and returned as it is.

    Args:
        frame: as OpenCV captured it.
        stated: its format by GStreamer's name; empty if unknown.
        height: of the picture, in px; 0 if unknown. Frames in planes have half as many rows more.

    Raises:
        SourceError: its format is not stated, does not fit the frame's form, or is not converted.
    """
    if frame.dtype == np.uint8 and frame.ndim == 3 and frame.shape[2] == 3:
        return frame
    if frame.dtype != np.uint8 or not _fits(frame, stated, height):
        form = "x".join(map(str, frame.shape))
        raise SourceError(
            f"the pipeline delivers frames of {form} {frame.dtype} in {stated or 'no stated'} format: "
            "end it with videoconvert ! video/x-raw, format=BGR ! appsink"
        )
    return np.asarray(cv2.cvtColor(frame, _TO_BGR[stated]), np.uint8)


def _fits(frame: NDArray[np.uint8], stated: str, height: int) -> bool:
    rows, columns = frame.shape[:2]
    if stated in _CHANNELS:
        channels = _CHANNELS[stated]
        return frame.ndim == 3 and frame.shape[2] == channels and (channels == 4 or columns % 2 == 0)
    if stated in _TWO_PLANES:
        return frame.ndim == 2 and rows % 3 == 0 and columns % 2 == 0 and height in (0, rows * 2 // 3)
    return stated == "GRAY8" and frame.ndim == 2 and height in (0, rows)
