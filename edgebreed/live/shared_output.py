"""What viewers share: a common tick and JPEG pictures, so that many cost as much as one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

import cv2
import numpy as np

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Result
from edgebreed.edge.stream.events import FrameResult

Value = TypeVar("Value")
_EARLY = 0.1  # of a tick; a sleep may end a little before its time


class SharedTicker(Generic[Value]):
    """Wakes all viewers at the same ticks and gives them the same value, which is made once a tick.

    Args:
        per_s: ticks per second.
        make: makes the value; it is not called while nobody waits.
    """

    def __init__(self, per_s: float, make: Callable[[], Value]) -> None:
        self._period, self._make = 1 / per_s, make
        self._made: tuple[int, Value] | None = None

    async def next(self) -> Value:
        """Waits for the next tick, and returns its value."""
        await asyncio.sleep(self._period - time.monotonic() % self._period)
        tick = int(time.monotonic() / self._period + _EARLY)
        if self._made is None or self._made[0] != tick:
            self._made = (tick, self._make())
        return self._made[1]


class JpegCache:
    """Encodes annotated frames as JPEG, each only once; used from the page's thread only.

    Args:
        max_side: longer side of the picture without its caption, in px; smaller frames keep their size.
        quality: of the JPEG, 0..100.

    Attributes:
        encoded: number of pictures encoded so far.
    """

    def __init__(self, max_side: int, quality: int) -> None:
        self._max_side, self._quality = max_side, quality
        self._last: FrameResult | None = None
        self._jpeg = b""
        self.encoded = 0

    def jpeg(self, result: FrameResult) -> bytes:
        """The frame with its faces, and the summary in a bar below."""
        if result is not self._last:
            picture = draw_result(*_shrink(result, self._max_side))
            self._jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, self._quality))[1].tobytes()
            self._last = result
            self.encoded += 1
        return self._jpeg


def _shrink(result: FrameResult, max_side: int) -> tuple[Frame, Result]:
    height, width = result.frame.shape[:2]
    scale = max_side / max(height, width)
    if scale >= 1:
        return result.frame, result.result
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Area averaging takes three times as long, and its gain is only visible at large reductions.
    interpolation = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    frame = np.asarray(cv2.resize(result.frame, size, interpolation=interpolation), np.uint8)
    faces = tuple(
        (round(x * scale), round(y * scale), round(w * scale), round(h * scale))
        for x, y, w, h in result.result.faces or ()
    )
    return frame, replace(result.result, faces=faces)
