"""The newest answer and a minute of history, for whoever looks."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from edgebreed.edge.camera.events import Answered, StateChange

HISTORY_S = 60.0
FPS_WINDOW_S = 5.0


class Point(NamedTuple):
    """One answer of the history: when (s of the clock), its age and the sum of its stages, in ms."""

    at: float
    age_ms: float
    latency_ms: float


@dataclass(frozen=True)
class View:
    """What there is to see at one moment.

    Attributes:
        shown: the newest answer, or the one that is held; None before the first.
        newest: the newest answer, whether or not another is held.
        change: the state that the stream came into last; None before the first.
        held: whether viewers are shown a held answer.
        fps: answers per second over the last seconds.
        silence_s: time since the newest answer, or since the start where there is none, in s.
    """

    shown: Answered | None
    newest: Answered | None
    change: StateChange | None
    held: bool
    fps: float
    silence_s: float


class Latest:
    """A sink that keeps the newest answer.

    The stream's thread swaps references and appends one point; what costs time is done by who looks.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._started = self._last = clock()
        self._newest: Answered | None = None
        self._held: Answered | None = None
        self._change: StateChange | None = None
        self._points: deque[Point] = deque()

    def answered(self, answered: Answered) -> None:
        """Takes a frame with its answer."""
        now = self._clock()
        point = Point(now, answered.age_ms, sum(answered.result.stages_ms.values()))
        with self._lock:
            self._newest, self._last = answered, now
            self._points.append(point)
            while self._points[0].at < now - HISTORY_S:
                self._points.popleft()

    def changed(self, change: StateChange) -> None:
        """Takes a change of state."""
        with self._lock:
            self._change = change

    def close(self) -> None:
        """Holds nothing that must be written out."""

    def hold(self, held: bool) -> None:
        """Holds what viewers are shown, or lets it go; the stream itself goes on."""
        with self._lock:
            self._held = self._newest if held else None

    def view(self) -> View:
        """What there is to see now."""
        now = self._clock()
        with self._lock:
            shown = self._held or self._newest
            fps = self._fps(now)
            return View(shown, self._newest, self._change, self._held is not None, fps, now - self._last)

    def history(self, points: int = 120) -> list[Point]:
        """The last minute, thinned out evenly to at most so many points; `at` becomes s before now."""
        now = self._clock()
        with self._lock:
            kept = [point for point in self._points if point.at >= now - HISTORY_S]
        step = -(-len(kept) // points) or 1
        return [Point(now - at, age, latency) for at, age, latency in kept[::-1][::step][::-1]]

    def _fps(self, now: float) -> float:
        recent = 0
        for point in reversed(self._points):
            if point.at <= now - FPS_WINDOW_S:
                break
            recent += 1
        return recent / min(max(now - self._started, 1.0), FPS_WINDOW_S)
