"""The frames of several sources that wait for one engine."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.lane import Lane
from edgebreed.edge.stream.sources import CapturedFrame

Waiting = tuple[Lane, CapturedFrame]


@dataclass
class _Line:
    """The frames of one source."""

    frames: deque[CapturedFrame] = field(default_factory=deque)
    closed: bool = False


class EngineQueue:
    """Frames that wait for the engine: sources take turns, whatever their rates.

    Of a live source only the newest frame waits, and one that it replaces is dropped; any other source is
    made to wait while a frame of it waits.
    """

    def __init__(self) -> None:
        self._lines: dict[Lane, _Line] = {}  # in the order of turns: who was served goes to the end
        self._changed = threading.Condition()

    def open(self, lane: Lane) -> None:
        """Lets a source take part."""
        with self._changed:
            self._lines[lane] = _Line()

    def put(self, lane: Lane, frame: CapturedFrame) -> bool:
        """Adds a frame; returns False, and drops it, where the source does not take part any more."""
        with self._changed:
            line = self._lines.get(lane) or _Line(closed=True)
            if not lane.source.live:
                self._changed.wait_for(lambda: line.closed or not line.frames)
            dropped = 1 if line.closed else len(line.frames)
            cause = DropCause.ENDED if line.closed else DropCause.NEWER
            if not line.closed:
                line.frames.clear()
                line.frames.append(frame)
                self._changed.notify_all()
        if dropped:
            lane.source.counters.add_dropped(dropped, cause)
        return not line.closed

    def take(self, most: int = 1, budget_s: Callable[[], float] = lambda: 0.0) -> list[Waiting]:
        """Removes the next frames, one a source, in turn; none only where all sources are closed and empty.

        Args:
            most: how many at most.
            budget_s: how long to wait for more than one, in s; asked once the first one waits.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ready() or self._all_closed())
            if most > 1 and self._ready():
                deadline = time.monotonic() + budget_s()
                while self._ready() < min(most, self._open()) and (left := deadline - time.monotonic()) > 0:
                    self._changed.wait(left)
            served = [lane for lane, line in self._lines.items() if line.frames][:most]
            taken = [self._pop(lane) for lane in served]
            self._changed.notify_all()
            return taken

    def close(self, lane: Lane, discard: bool = False) -> None:
        """Takes no more frames of a source; what waits of it can be taken, or is dropped with `discard`."""
        with self._changed:
            line = self._lines.get(lane) or _Line()
            left = len(line.frames) if discard else 0
            if discard:
                line.frames.clear()
            line.closed = True
            if not line.frames:
                self._lines.pop(lane, None)
            self._changed.notify_all()
        if left:
            lane.source.counters.add_dropped(left, DropCause.ENDED)

    def _pop(self, lane: Lane) -> Waiting:
        line = self._lines.pop(lane)
        frame = line.frames.popleft()
        if not line.closed:
            self._lines[lane] = line
        return lane, frame

    def _ready(self) -> int:
        return sum(1 for line in self._lines.values() if line.frames)

    def _open(self) -> int:
        return sum(1 for line in self._lines.values() if line.frames or not line.closed)

    def _all_closed(self) -> bool:
        return all(line.closed and not line.frames for line in self._lines.values())
