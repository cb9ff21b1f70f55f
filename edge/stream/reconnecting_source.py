"""A camera or network stream that is reopened when it is lost."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from edgebreed.edge.stream.capture_thread import (
    CaptureContext,
    CaptureThread,
    FrozenFrameCheck,
    Opener,
    open_with_timeout,
)
from edgebreed.edge.stream.counters import FrameCounters
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.edge.stream.sources import CapturedFrame, StateCallback, ignore_state
from edgebreed.errors import SourceError


@dataclass(frozen=True)
class ReconnectSettings:
    """When a source counts as lost, and how long to try to reopen it.

    Attributes:
        open_timeout_s: longest time to open, in s.
        read_timeout_s: longest time without a new frame, in s.
        give_up_s: how long to try to reopen a lost source, in s; None tries for ever.
        stale_after_s: how long identical frames are accepted, in s; 0 accepts them for ever.
        stable_s: a source that worked this long, in s, starts its next back-off from the shortest wait.
        fps: frames beyond this rate are dropped; None keeps all.
        backoff: waits between attempts.
    """

    open_timeout_s: float = 10.0
    read_timeout_s: float = 5.0
    give_up_s: float | None = None
    stale_after_s: float = 10.0
    stable_s: float = 10.0
    fps: float | None = None
    backoff: Backoff = field(default_factory=Backoff)


class ReconnectingSource:
    """The newest frame of a camera or network stream, which is reopened with back-off when it is lost.

    Args:
        opener: opens it, the first time here and again whenever it was lost.
        name: for logs and results, without credentials.
        settings: when it counts as lost, and how long to try to reopen it.

    Raises:
        SourceError: it does not open now.
    """

    live = True

    def __init__(self, opener: Opener, name: str, settings: ReconnectSettings | None = None) -> None:
        self.name, self.counters = name, FrameCounters()
        self._opener, self._settings = opener, settings or ReconnectSettings()
        self._stopped = threading.Event()
        interval_s = 1 / self._settings.fps if self._settings.fps else 0.0
        self._frame_timeout_s = self._settings.read_timeout_s + interval_s
        self._waits = self._settings.backoff.waits()
        check = FrozenFrameCheck(self._settings.stale_after_s)
        self._context = CaptureContext(name, self.counters, check, self._settings.fps)
        self._thread = self._open()

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields the newest frame each time, `(H, W, 3) uint8 BGR`, until `close`."""
        since = time.monotonic()
        while not self._stopped.is_set():
            captured = self._thread.next(self._frame_timeout_s)
            if captured is None and not self._stopped.is_set():
                if time.monotonic() - since >= self._settings.stable_s:
                    self._waits = self._settings.backoff.waits()
                captured = self._reconnect(on_state)
                since = time.monotonic()
            if captured is not None:
                yield captured

    def close(self) -> None:
        """Ends `frames`; a read that hangs is detached."""
        self._stopped.set()
        self._thread.detach()
        self._thread.join(timeout=1)

    def _open(self) -> CaptureThread:
        capture = open_with_timeout(self._opener, self.name, self._settings.open_timeout_s, self._stopped)
        self.backend, self.fps = capture.backend, self._settings.fps or capture.fps
        return CaptureThread(capture, self._context)

    def _reconnect(self, on_state: StateCallback) -> CapturedFrame | None:
        """Reopens the source until a frame comes; None if the stream was stopped."""
        lost_at, fault = time.monotonic(), self._thread.fault(self._frame_timeout_s)
        on_state(State.RECONNECTING, fault)
        self._thread.detach()
        for wait in self._waits:
            if self._stopped.wait(self._limited(wait, lost_at, fault)):
                break
            try:
                self._thread = self._open()
            except SourceError as error:
                fault = str(error)
                continue
            if self._stopped.is_set():
                self._thread.detach()
                break
            captured = self._thread.next(self._frame_timeout_s)
            if captured is not None:
                self._announce_return(captured, on_state)
                return captured
            fault = self._thread.fault(self._frame_timeout_s)
            self._thread.detach()
        return None

    def _announce_return(self, captured: CapturedFrame, on_state: StateCallback) -> None:
        self.counters.add_reconnect()
        height, width = captured.frame.shape[:2]
        on_state(State.RUNNING, f"{self.name} is back: {width}x{height} by {self.backend}")

    def _limited(self, wait: float, lost_at: float, fault: str) -> float:
        """A wait in s that does not exceed the time left until `give_up_s`.

        Raises:
            SourceError: no time is left.
        """
        limit = self._settings.give_up_s
        if limit is None:
            return wait
        left = lost_at + limit - time.monotonic()
        if left <= 0:
            raise SourceError(f"{self.name} was lost and did not come back in {limit:g} s: {fault}")
        return min(wait, left)
