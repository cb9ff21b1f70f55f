"""Opens a capture in a background thread, because some drivers have no timeout of their own."""

import threading
import time
from collections.abc import Callable

from edgebreed.edge.stream.capture import Capture, release_with_timeout
from edgebreed.edge.stream.frame_buffer import FrameBuffer
from edgebreed.errors import SourceError

Opener = Callable[[], Capture]
"""Opens a source; raises `SourceError` if it cannot."""


class BackgroundOpener:
    """Opens a source again and again, one attempt at a time.

    An attempt that does not return in time goes on: the next `open` waits for the same one, so that a driver
    that hangs holds one thread and one device handle, however often it is tried. What opens late is used.

    Args:
        opener: opens the source.
        name: of the source, without credentials.
    """

    def __init__(self, opener: Opener, name: str) -> None:
        self._opener, self._name = opener, name
        self._outcome: FrameBuffer[Capture | Exception] | None = None
        self._started = 0.0
        self._closed = False
        self._lock = threading.Lock()

    @property
    def pending_s(self) -> float:
        """How long the attempt that has not returned yet has been running, in s; 0 without one."""
        pending = self._outcome is not None and self._outcome.empty()
        return time.monotonic() - self._started if pending else 0.0

    def open(self, seconds: float) -> Capture:
        """Waits at most `seconds` for the source to open.

        Raises:
            SourceError: it does not open, not in time, or `close` was called.
        """
        outcome = self._attempt().get(seconds)
        if outcome is None:
            took = time.monotonic() - self._started
            hint = "check cable, power and network"
            raise SourceError(f"{self._name} did not open within {round(took, 1):g} s: {hint}")
        with self._lock:
            self._outcome = None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def close(self) -> None:
        """Ends an `open` that waits; what opens later is released."""
        with self._lock:
            self._closed = True
            outcome = self._outcome
        if outcome is None:
            return
        outcome.close()
        unused = outcome.get()
        if unused is not None and not isinstance(unused, Exception):
            release_with_timeout(unused)

    def _attempt(self) -> FrameBuffer[Capture | Exception]:
        """Where the outcome of the attempt that is under way arrives; begins one if there is none."""
        with self._lock:
            if self._closed:
                raise SourceError(f"{self._name} was closed: open it anew")
            if self._outcome is None:
                outcome: FrameBuffer[Capture | Exception] = FrameBuffer()
                threading.Thread(target=self._run, args=(outcome,), daemon=True, name="open").start()
                self._outcome, self._started = outcome, time.monotonic()
            return self._outcome

    def _run(self, outcome: FrameBuffer[Capture | Exception]) -> None:
        opened: Capture | Exception
        try:
            opened = self._opener()
        except SourceError as error:  # raised again in the calling thread
            opened = error
        except Exception as error:  # drivers raise anything, and their text may hold the address
            opened = SourceError(f"{self._name} does not open: its driver raised {type(error).__name__}")
            opened.__cause__ = error
        if not outcome.put(opened) and not isinstance(opened, Exception):
            opened.release()


def open_with_timeout(opener: Opener, name: str, seconds: float) -> Capture:
    """Opens a capture once; one that opens too late is released.

    Raises:
        SourceError: it does not open, or not in time.
    """
    background = BackgroundOpener(opener, name)
    try:
        return background.open(seconds)
    finally:
        background.close()
