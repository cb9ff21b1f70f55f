"""Frames at a rate."""

import threading
import time


class Metronome:
    """Lets frames out at their rate.

    Args:
        fps: frames per second; 0 lets each out at once.
        stopped: ends a wait.
    """

    def __init__(self, fps: float, stopped: threading.Event) -> None:
        self._fps, self._stopped = fps, stopped
        self._start: float | None = None

    def wait_for(self, number: int) -> bool:
        """Waits until a frame is due; False where the stream was stopped meanwhile."""
        now = time.monotonic()
        self._start = now if self._start is None else self._start
        due = self._start + number / self._fps if self._fps else now
        return not self._stopped.wait(max(0.0, due - now))


class Thinner:
    """Picks frames from a source that gives more than is wanted.

    Args:
        fps: frames per second to pick; None picks all.
    """

    def __init__(self, fps: float | None) -> None:
        self._gap = 1 / fps if fps else 0.0
        self._due: float | None = None

    def early(self, at: float) -> bool:
        """Whether a frame that came at `at` s comes too soon; a quarter of the gap is taken for jitter."""
        if self._due is not None and at < self._due - self._gap / 4:
            return True
        self._due = self._gap + (at if self._due is None else max(self._due, at - self._gap / 2))
        return False
