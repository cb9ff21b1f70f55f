"""Answers averaged over time, so that a label does not flicker from frame to frame."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.engines.base import Answers
from edgebreed.edge.images import Frame

HALF_SECOND = 0.5
_THUMBNAIL = 24  # px; so few that a sensor's noise averages out
_OTHER_THINGS = 22.0  # grey levels that a thumbnail's pixels differ by on average, its brightness apart
_OTHER_LIGHT = 60.0  # grey levels of its brightness; a camera's exposure changes by less from frame to frame
_LONGEST_GAP_S = 2.0


class Scenes:
    """Numbers the scenes of a video: a cut, or a pause of seconds, begins the next."""

    def __init__(self) -> None:
        self._number, self._clock = 0, 0.0
        self._last: NDArray[np.float32] | None = None

    def number(self, frame: Frame, clock: float) -> int:
        """Which scene a frame `(H, W, 3) uint8 BGR` belongs to, at `clock` s."""
        step = max(1, min(frame.shape[:2]) // (4 * _THUMBNAIL))
        grey = cv2.cvtColor(np.ascontiguousarray(frame[::step, ::step]), cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA).astype(np.float32)
        if self._last is not None:
            self._number += _cut(small, self._last) or clock - self._clock > _LONGEST_GAP_S
        self._last, self._clock = small, clock
        return self._number


def _cut(small: NDArray[np.float32], last: NDArray[np.float32]) -> bool:
    change = small - last
    light = change.mean()
    return bool(abs(light) > _OTHER_LIGHT or np.abs(change - light).mean() > _OTHER_THINGS)


class Smoother:
    """An exponential average of a model's answers.

    The weight of a new answer grows with the time since the last, so that the same second of video is
    averaged whatever the rate of answers: `1 - exp(-dt / seconds)`.

    Args:
        seconds: time constant.
    """

    def __init__(self, seconds: float = HALF_SECOND) -> None:
        self._seconds = seconds
        self._scene, self._clock = -1, 0.0
        self._average: Answers | None = None

    def smooth(self, outputs: Answers, scene: int, clock: float) -> Answers:
        """The average with a batch of one that belongs to a scene, at `clock` s; a new scene starts anew."""
        if self._average is None or scene != self._scene:
            self._average = outputs
        else:
            weight = 1 - math.exp(-max(0.0, clock - self._clock) / self._seconds)
            self._average = _mixed(self._average, outputs, weight)
        self._scene, self._clock = scene, clock
        return self._average


def _mixed(old: Answers, new: Answers, weight: float) -> Answers:
    probabilities = old.probabilities + np.float32(weight) * (new.probabilities - old.probabilities)
    if new.known is None or old.known is None:
        return Answers(probabilities, new.known)
    return Answers(probabilities, old.known + np.float32(weight) * (new.known - old.known))
