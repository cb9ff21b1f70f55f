"""The frames of several sources that wait for one engine."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.lane import Lane
from edgebreed.edge.stream.sources import CapturedFrame

Waiting = tuple[Lane, CapturedFrame]


@dataclass
class _Place:
    """Where the next frame of one source waits."""

    frame: CapturedFrame | None = None
    closed: bool = False


class EngineQueue:
    """Frames that wait for the engine: sources take turns, whatever their rates.

    Of a live source only the newest frame waits, and one that it replaces is dropped; any other source is
    made to wait while a frame of it waits.
    """

    def __init__(self) -> None:
        self._places: dict[Lane, _Place] = {}  # in the order of turns: who was served goes to the end
        self._changed = threading.Condition()

    def open(self, lane: Lane) -> None:
        """Lets a source take part."""
        with self._changed:
            self._places[lane] = _Place()

    def put(self, lane: Lane, frame: CapturedFrame) -> bool:
        """Adds a frame; returns False, and drops it, where the source does not take part any more."""
        with self._changed:
            place = self._places.get(lane) or _Place(closed=True)
            if not lane.source.live:
                self._changed.wait_for(lambda: place.closed or place.frame is None)
            closed, replaced = place.closed, place.frame is not None
            if not closed:
                place.frame = frame
                self._changed.notify_all()
        if closed or replaced:
            lane.source.counters.add_dropped(1, DropCause.ENDED if closed else DropCause.NEWER)
        return not closed

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
            served = [lane for lane, place in self._places.items() if place.frame][:most]
            taken = [self._pop(lane) for lane in served]
            self._changed.notify_all()
            return taken

    def close(self, lane: Lane, discard: bool = False) -> None:
        """Takes no more frames of a source; what waits of it can be taken, or is dropped with `discard`."""
        with self._changed:
            place = self._places.get(lane) or _Place()
            discarded = discard and place.frame is not None
            if discard:
                place.frame = None
            place.closed = True
            if place.frame is None:
                self._places.pop(lane, None)
            self._changed.notify_all()
        if discarded:
            lane.source.counters.add_dropped(1, DropCause.ENDED)

    def _pop(self, lane: Lane) -> Waiting:
        place = self._places.pop(lane)
        frame, place.frame = place.frame, None
        assert frame is not None
        if not place.closed:
            self._places[lane] = place
        return lane, frame

    def _ready(self) -> int:
        return sum(1 for place in self._places.values() if place.frame)

    def _open(self) -> int:
        return sum(1 for place in self._places.values() if place.frame or not place.closed)

    def _all_closed(self) -> bool:
        return all(place.closed and not place.frame for place in self._places.values())
