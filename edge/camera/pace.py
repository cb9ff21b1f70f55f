"""Begins work on a frame as late as the next stage allows, so that finished work does not age."""

import threading
import time
from collections import deque
from collections.abc import Callable

MARGIN_S = 0.004  # what waking up and handing over may take


class Pace:
    """Tells detection when to take the newest frame, by how long both stages took of late.

    A detection that is done long before the classifier is free shows an old frame, and work on one that is
    replaced meanwhile is wasted. Detection counts with its longest of the last times, classification with
    its shortest, so that the classifier never waits.

    Args:
        remembered: times of each stage that count.
        clock: s that only grow.
    """

    def __init__(self, remembered: int = 8, clock: Callable[[], float] = time.monotonic) -> None:
        self._first: deque[float] = deque(maxlen=remembered)
        self._second: deque[float] = deque(maxlen=remembered)
        self._began, self._clock = 0.0, clock
        self._lock = threading.Lock()

    def detected(self, seconds: float) -> None:
        """Detection took so long."""
        with self._lock:
            self._first.append(seconds)

    def classifying(self) -> None:
        """Classification of a frame begins."""
        with self._lock:
            self._began = self._clock()

    def classified(self) -> None:
        """Classification of the frame has ended."""
        with self._lock:
            self._second.append(self._clock() - self._began)

    def wait_s(self) -> float:
        """How long detection may wait until it takes the next frame, in s."""
        with self._lock:
            if not self._first or not self._second:
                return 0.0
            free = self._began + min(self._second)
            return max(0.0, free - max(self._first) - MARGIN_S - self._clock())
