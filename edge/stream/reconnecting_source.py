"""A camera or network stream that is reopened when it is lost."""

import threading
import time
from collections.abc import Iterator

from edgebreed.edge.stream.background_opener import BackgroundOpener, Opener
from edgebreed.edge.stream.capture_thread import CaptureContext, CaptureThread, FrozenFrameCheck
from edgebreed.edge.stream.counters import FrameCounters
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.outage import Outage, ReconnectSettings
from edgebreed.edge.stream.sources import CapturedFrame, StateCallback, ignore_state
from edgebreed.errors import SourceError


class ReconnectingSource:
    """The newest frame of a camera or network stream, which is reopened with back-off when it is lost.

    It has two threads at most: one that opens or reads, and one whose driver hangs and that was left behind.
    While both hang, nothing is opened.

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
        self._settings = settings or ReconnectSettings()
        self._opener = BackgroundOpener(opener, name)
        self._stopped = threading.Event()
        interval_s = 1 / self._settings.fps if self._settings.fps else 0.0
        self._frame_timeout_s = self._settings.read_timeout_s + interval_s
        self._waits = self._settings.backoff.waits()
        self._check = FrozenFrameCheck(self._settings.stale_after_s)
        self._left: list[CaptureThread] = []
        try:
            self._thread = self._open(self._settings.open_timeout_s)
        except BaseException:
            self._opener.close()
            raise

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields the newest frame each time, `(H, W, 3) uint8 BGR`, until `close`.

        Raises:
            SourceError: the source did not come back in time, or its driver hangs.
        """
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
        """Ends `frames`; a driver that hangs is left behind."""
        patience_s = 0.0 if self._stopped.is_set() else 1.0
        self._stopped.set()
        self._opener.close()
        self._thread.detach()
        self._thread.join(patience_s)

    def _open(self, seconds: float) -> CaptureThread:
        capture = self._opener.open(seconds)
        self.backend, self.fps = capture.backend, self._settings.fps or capture.fps
        self._check.restart(time.monotonic())
        return CaptureThread(
            capture, CaptureContext(self.name, self.counters, self._check, self._settings.fps)
        )

    def _reconnect(self, on_state: StateCallback) -> CapturedFrame | None:
        """Reopens the source until a frame comes; None if the stream was stopped."""
        outage = Outage(self.name, self._thread.fault(self._frame_timeout_s), self._settings, on_state)
        self._leave()
        for wait in self._waits:
            if not self._opener.pending_s and self._stopped.wait(outage.limited(wait)):
                break
            captured = self._attempt(outage)
            if captured is not None:
                self._announce_return(captured, on_state)
                return captured
            if self._stopped.is_set():
                break
        return None

    def _attempt(self, outage: Outage) -> CapturedFrame | None:
        """Tries once to reopen the source; None if no frame came."""
        outage.refuse_hung(self._hung_s())
        seconds = outage.limited(self._settings.open_timeout_s)
        try:
            self._thread = self._reopen(seconds)
        except SourceError as error:
            if not self._stopped.is_set():
                holder = " (a read that hangs may hold it)" if self._left else ""
                outage.attempt_failed(f"{error}{holder}")
            return None
        if self._stopped.is_set():
            self._thread.detach()
            return None
        captured = self._thread.next(self._frame_timeout_s)
        if captured is None and not self._stopped.is_set():
            outage.attempt_failed(self._thread.fault(self._frame_timeout_s))
            self._leave()
        return captured

    def _reopen(self, seconds: float) -> CaptureThread:
        if len(self._left) > 1:
            raise SourceError(f"the driver of {self.name} hangs in two reads")
        if not self._opener.pending_s:
            self.counters.add_reconnect_attempt()
        return self._open(seconds)

    def _leave(self) -> None:
        """Leaves the current thread behind, which ends as soon as its driver returns."""
        self._thread.detach()
        self._left.append(self._thread)

    def _hung_s(self) -> float:
        """How long the driver has hung in a thread that was left behind or in one that opens, in s."""
        self._left = [thread for thread in self._left if thread.hung_s]
        return max([self._opener.pending_s, *(thread.hung_s for thread in self._left)])

    def _announce_return(self, captured: CapturedFrame, on_state: StateCallback) -> None:
        self.counters.add_reconnect()
        height, width = captured.frame.shape[:2]
        unchanged_s = self._check.unchanged_s
        still = f", the same picture for {unchanged_s:.0f} s" if unchanged_s else ""
        on_state(State.RUNNING, f"{self.name} is back: {width}x{height} by {self.backend}{still}")
