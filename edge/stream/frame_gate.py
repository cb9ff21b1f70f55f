"""Which frames of a source are worth an inference: those in its rhythm, and those with motion."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.pacing import FrameRateLimiter
from edgebreed.edge.stream.sources import CapturedFrame

Region = tuple[float, float, float, float]
"""Left, top, width and height as shares of a frame's sides, in 0..1."""

_WIDTH = 96  # px of the picture in which motion is looked for; somebody at the end of a hall is some px wide
_CHANGED = 15  # grey levels; noise of a sensor and of compression is below
_BLUR = (5, 5)
_ADAPTS = 0.1  # weight of the newest frame in the background: light that changes is no motion


class MotionDetector:
    """Tells whether something moves: a running average of the frames is the background.

    Args:
        share: of the picture that must differ from the background, in 0..1.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._background: NDArray[np.float32] | None = None

    def sees_motion(self, frame: Frame) -> bool:
        """Whether the next frame `(H, W, 3) uint8 BGR` differs from those before; the first one does."""
        size = (_WIDTH, max(1, round(_WIDTH * frame.shape[0] / frame.shape[1])))
        small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), _BLUR, 0).astype(np.float32)
        background = self._background
        if background is None or background.shape != grey.shape:
            self._background = grey
            return True
        changed = np.abs(grey - background - (grey - background).mean()) > _CHANGED
        self._background = background + np.float32(_ADAPTS) * (grey - background)
        return bool(changed.mean() >= self._share)


class FrameGate:
    """Lets frames of a source pass, or says why not.

    Args:
        every_s: shortest time between two frames that pass, in s; None lets all pass.
        motion: share of the picture that must move; None asks for no motion.
        idle_s: time without motion after which a frame passes all the same, in s, so that the answer is no
            older.
    """

    def __init__(
        self, every_s: float | None = None, motion: float | None = None, idle_s: float = 10.0
    ) -> None:
        self._limiter = FrameRateLimiter(1 / every_s if every_s else None)
        self._motion = MotionDetector(motion) if motion is not None else None
        self._idle_s, self._passed_s = idle_s, -np.inf

    def refuses(self, captured: CapturedFrame) -> DropCause | None:
        """Why a frame does not pass; None where it does."""
        time_s = captured.media_s
        moves = self._motion is None or self._motion.sees_motion(captured.frame)
        if not moves and time_s - self._passed_s < self._idle_s:
            return DropCause.GATED
        if self._limiter.skips(time_s):
            return DropCause.PAUSED
        self._passed_s = time_s
        return None


def cut(captured: CapturedFrame, region: Region | None) -> CapturedFrame:
    """A frame's region, at least one px; the whole frame without one."""
    if region is None:
        return captured
    height, width = captured.frame.shape[:2]
    left, top = int(region[0] * width), int(region[1] * height)
    right, bottom = round((region[0] + region[2]) * width), round((region[1] + region[3]) * height)
    part = captured.frame[top : max(top + 1, bottom), left : max(left + 1, right)]
    return replace(captured, frame=np.ascontiguousarray(part))
