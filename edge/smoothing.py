"""Averages a model's outputs over time, so that a label does not flicker from frame to frame."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.engine import ModelOutputs
from edgebreed.edge.images import Frame

HALF_SECOND = 0.5
_THUMBNAIL = 24  # px; so few that a sensor's noise averages out
_CUT_DIFFERENCE = 22.0  # grey levels that a thumbnail's pixels differ by on average, its brightness apart
_CUT_BRIGHTNESS = (
    60.0  # grey levels of its brightness; a camera's exposure changes by less from frame to frame
)
_MAX_GAP_S = 2.0


class SceneCounter:
    """Numbers the scenes of a video; a cut, or a gap of seconds, begins the next."""

    def __init__(self) -> None:
        self._number, self._clock = 0, 0.0
        self._last: NDArray[np.float32] | None = None

    def number(self, frame: Frame, clock: float) -> int:
        """Which scene a frame `(H, W, 3) uint8 BGR` belongs to, at `clock` s."""
        step = max(1, min(frame.shape[:2]) // (4 * _THUMBNAIL))
        grey = cv2.cvtColor(np.ascontiguousarray(frame[::step, ::step]), cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32)
        if self._last is not None:
            self._number += _cut(small, self._last) or clock - self._clock > _MAX_GAP_S
        self._last, self._clock = small, clock
        return self._number


def _cut(small: NDArray[np.float32], last: NDArray[np.float32]) -> bool:
    change = small - last
    light = change.mean()
    return bool(abs(light) > _CUT_BRIGHTNESS or np.abs(change - light).mean() > _CUT_DIFFERENCE)


class Smoother:
    """An exponential moving average of a model's outputs.

    The weight of new outputs grows with the time since the last, `1 - exp(-dt / seconds)`, so that the same
    second of video is averaged whatever the frame rate.

    Args:
        seconds: time constant.
    """

    def __init__(self, seconds: float = HALF_SECOND) -> None:
        self._seconds = seconds
        self._scene, self._clock = -1, 0.0
        self._average: ModelOutputs | None = None

    def smooth(self, outputs: ModelOutputs, scene: int, clock: float) -> ModelOutputs:
        """The average with a batch of one that belongs to a scene, at `clock` s; a new scene starts anew."""
        if self._average is None or scene != self._scene:
            self._average = outputs
        else:
            weight = 1 - math.exp(-max(0.0, clock - self._clock) / self._seconds)
            self._average = _mixed(self._average, outputs, weight)
        self._scene, self._clock = scene, clock
        return self._average


def _mixed(old: ModelOutputs, new: ModelOutputs, weight: float) -> ModelOutputs:
    probabilities = old.probabilities + np.float32(weight) * (new.probabilities - old.probabilities)
    before, now = old.in_distribution, new.in_distribution
    if before is None or now is None:
        return ModelOutputs(probabilities, now)
    return ModelOutputs(probabilities, before + np.float32(weight) * (now - before))
