"""Begins work on a frame as late as the next stage allows, so that finished work does not age."""

import threading
import time
from collections import deque
from collections.abc import Callable

MARGIN_S = 0.004  # what waking up and handing over may take


class Pace:
    """Tells a first stage when to take the newest frame, by how long it and the next stage took of late.

    Work that is done long before the next stage is free shows an old frame by then. The first stage is
    assumed to take the longest of its last times and the second the shortest, so that the second never waits.

    Args:
        remembered: times of each stage that count.
        clock: s that only grow.
    """

    def __init__(self, remembered: int = 8, clock: Callable[[], float] = time.monotonic) -> None:
        self._first: deque[float] = deque(maxlen=remembered)
        self._second: deque[float] = deque(maxlen=remembered)
        self._began, self._clock = 0.0, clock
        self._lock = threading.Lock()

    def first_done(self, seconds: float) -> None:
        """The first stage took so long for a frame."""
        with self._lock:
            self._first.append(seconds)

    def second_begins(self) -> None:
        """The second stage begins a frame."""
        with self._lock:
            self._began = self._clock()

    def second_done(self) -> None:
        """The second stage has ended the frame."""
        with self._lock:
            self._second.append(self._clock() - self._began)

    def wait_s(self) -> float:
        """How long the first stage may wait until it takes the next frame, in s."""
        with self._lock:
            if not self._first or not self._second:
                return 0.0
            free = self._began + min(self._second)
            return max(0.0, free - max(self._first) - MARGIN_S - self._clock())
