"""Temporal smoothing of model outputs, so that a label does not flicker from frame to frame."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.engine import ModelOutputs
from edgebreed.edge.images import Frame

HALF_SECOND = 0.5
_THUMBNAIL = 24  # px; so few that a sensor's noise averages out
_CUT_CONTENT = 22.0  # grey levels: mean difference of two thumbnails, apart from their brightness
_CUT_BRIGHTNESS = 60.0  # grey levels; a camera's auto-exposure changes by less from frame to frame
_MAX_GAP_S = 2.0


class SceneCounter:
    """Detects cuts in a video and numbers its scenes; a gap of 2 s or more also starts a new scene.

    A cut is a large difference between the grey thumbnails of successive frames.
    """

    def __init__(self) -> None:
        self._scene, self._last_s = 0, 0.0
        self._last: NDArray[np.float32] | None = None

    def scene_of(self, frame: Frame, time_s: float, separate: bool = False) -> int:
        """The scene number, from 0, of the next frame.

        Args:
            frame: `(H, W, 3) uint8 BGR`.
            time_s: its time in the video, in s.
            separate: whether it starts a new scene in any case.
        """
        step = max(1, min(frame.shape[:2]) // (4 * _THUMBNAIL))
        grey = cv2.cvtColor(np.ascontiguousarray(frame[::step, ::step]), cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32)
        if self._last is not None:
            cut = separate or _is_cut(small, self._last) or time_s - self._last_s > _MAX_GAP_S
            self._scene += cut
        self._last, self._last_s = small, time_s
        return self._scene


def _is_cut(small: NDArray[np.float32], last: NDArray[np.float32]) -> bool:
    change = small - last
    brightness = change.mean()
    return bool(abs(brightness) > _CUT_BRIGHTNESS or np.abs(change - brightness).mean() > _CUT_CONTENT)


class Smoother:
    """An exponential moving average of a model's outputs over time.

    The weight of the newest outputs grows with the time since the last ones, `1 - exp(-dt / seconds)`, so
    that the result does not depend on the frame rate.

    Args:
        seconds: time constant, in s.
    """

    def __init__(self, seconds: float = HALF_SECOND) -> None:
        self._seconds = seconds
        self._scene, self._last_s = -1, 0.0
        self._average: ModelOutputs | None = None

    def smooth(self, outputs: ModelOutputs, scene: int, time_s: float) -> ModelOutputs:
        """The average including the outputs of the next frame; a new scene starts a new average.

        Args:
            outputs: a batch of one.
            scene: the frame's scene number, as `SceneCounter` gives it.
            time_s: the frame's time in the video, in s.
        """
        if self._average is None or scene != self._scene:
            self._average = outputs
        else:
            weight = 1 - math.exp(-max(0.0, time_s - self._last_s) / self._seconds)
            self._average = _blend(self._average, outputs, weight)
        self._scene, self._last_s = scene, time_s
        return self._average


def _blend(old: ModelOutputs, new: ModelOutputs, weight: float) -> ModelOutputs:
    probabilities = old.probabilities + np.float32(weight) * (new.probabilities - old.probabilities)
    before, now = old.in_distribution, new.in_distribution
    if before is None or now is None:
        return ModelOutputs(probabilities, now)
    return ModelOutputs(probabilities, before + np.float32(weight) * (now - before))
