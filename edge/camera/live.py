"""Cameras and network streams: the newest picture, found again when it is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edgebreed.edge.camera.backoff import Backoff
from edgebreed.edge.camera.capture import Capture
from edgebreed.edge.camera.events import State
from edgebreed.edge.camera.genuine import PictureCheck
from edgebreed.edge.camera.reader import Reader, Reading
from edgebreed.edge.camera.slot import Slot
from edgebreed.edge.camera.source import Captured, Tell, tell_nobody
from edgebreed.edge.camera.tally import Tally
from edgebreed.errors import SourceError

Opener = Callable[[], Capture]


@dataclass(frozen=True)
class LiveSettings:
    """When a source counts as lost, and how long it is looked for.

    Attributes:
        open_timeout_s: longest time to open, in s.
        read_timeout_s: longest time without a picture, in s.
        give_up_s: how long a lost source is looked for, in s; None for ever.
        stale_after_s: how long the same bytes may come until they are no picture, in s; 0 for ever.
        steady_s: a source that held this long starts its next back-off from the shortest wait, in s.
        fps: frames that come faster than this are dropped; None takes them all.
        backoff: waits between tries.
    """

    open_timeout_s: float = 10.0
    read_timeout_s: float = 5.0
    give_up_s: float | None = None
    stale_after_s: float = 10.0
    steady_s: float = 10.0
    fps: float | None = None
    backoff: Backoff = field(default_factory=Backoff)


class LiveSource:
    """A source that goes on: what is lost is opened anew, with growing waits.

    Args:
        opener: opens it, the first time here and again when it was lost.
        name: what to call it, without credentials.
        settings: when it counts as lost, and how long it is looked for.

    Raises:
        SourceError: it does not open now.
    """

    live = True

    def __init__(self, opener: Opener, name: str, settings: LiveSettings | None = None) -> None:
        self.name, self.tally = name, Tally()
        self._opener, self._settings = opener, settings or LiveSettings()
        self._stopped = threading.Event()
        thinned = 1 / self._settings.fps if self._settings.fps else 0.0  # s between frames that are taken
        self._patience = self._settings.read_timeout_s + thinned
        self._waits = self._settings.backoff.waits()
        check = PictureCheck(self._settings.stale_after_s)
        self._reading = Reading(name, self.tally, check, self._settings.fps)
        self._reader = self._open()

    def frames(self, tell: Tell = tell_nobody) -> Iterator[Captured]:
        """The newest picture each time, `(H, W, 3) uint8 BGR`, until `close`."""
        since = time.monotonic()
        while not self._stopped.is_set():
            captured = self._reader.next(self._patience)
            if captured is None and not self._stopped.is_set():
                if time.monotonic() - since >= self._settings.steady_s:
                    self._waits = self._settings.backoff.waits()
                captured = self._find_again(tell)
                since = time.monotonic()
            if captured is not None:
                yield captured

    def close(self) -> None:
        """Ends `frames`; a read that hangs is left behind."""
        self._stopped.set()
        self._reader.abandon()
        self._reader.join(timeout=1)

    def _open(self) -> Reader:
        capture = open_within(self._opener, self.name, self._settings.open_timeout_s, self._stopped)
        self.backend, self.fps = capture.backend, self._settings.fps or capture.fps
        return Reader(capture, self._reading)

    def _find_again(self, tell: Tell) -> Captured | None:
        """Opens the source until a picture comes; None where the stream was stopped."""
        lost, why = time.monotonic(), self._reader.why(self._patience)
        tell(State.RECONNECTING, why)
        self._reader.abandon()
        for wait in self._waits:
            if self._stopped.wait(self._in_time(wait, lost, why)):
                break
            try:
                self._reader = self._open()
            except SourceError as error:
                why = str(error)
                continue
            if self._stopped.is_set():
                self._reader.abandon()
                break
            captured = self._reader.next(self._patience)
            if captured is not None:
                self.tally.reconnected()
                height, width = captured.frame.shape[:2]
                tell(State.RUNNING, f"{self.name} is back: {width}x{height} by {self.backend}")
                return captured
            why = self._reader.why(self._patience)
            self._reader.abandon()
        return None

    def _in_time(self, wait: float, lost: float, why: str) -> float:
        """A wait that ends before the time to look is over.

        Raises:
            SourceError: it is over.
        """
        limit = self._settings.give_up_s
        if limit is None:
            return wait
        left = lost + limit - time.monotonic()
        if left <= 0:
            raise SourceError(f"{self.name} was lost and not found again in {limit:g} s: {why}")
        return min(wait, left)


def open_within(opener: Opener, name: str, seconds: float, stopped: threading.Event) -> Capture:
    """Opens a capture in a thread of its own, because some drivers take no time-out.

    A capture that opens too late is released.

    Raises:
        SourceError: it does not open, not in time, or the stream was stopped.
    """
    box: Slot[Capture | Exception] = Slot()

    def work() -> None:
        outcome: Capture | Exception
        try:
            outcome = opener()
        except Exception as error:  # carried over to the thread that asked
            outcome = error
        if not box.put(outcome) and not isinstance(outcome, Exception):
            outcome.release()

    threading.Thread(target=work, daemon=True, name="open").start()
    outcome, deadline = None, time.monotonic() + seconds
    while outcome is None and time.monotonic() < deadline and not stopped.is_set():
        outcome = box.get(min(0.1, seconds))
    box.close()
    outcome = outcome or box.get()
    if outcome is None:
        raise SourceError(
            f"{name} did not open within {seconds:g} s: check its cable, its power and the network"
        )
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
