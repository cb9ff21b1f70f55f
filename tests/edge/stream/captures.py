"""Captures and openers that hang, and the threads that they hold."""

import fcntl
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture, ScriptedCapture

TIMEOUT_S = 20.0
WAITED = r"\d+(\.\d)?"
"""How many s an error says it waited: what was asked for, and longer on a busy machine."""


class HangingCapture(ScriptedCapture):
    """A capture whose read hangs after its last frame, until it is freed; its reads then fail.

    Args:
        frames: `(H, W, 3) uint8 BGR`, that it delivers before.
    """

    def __init__(self, *frames: Frame) -> None:
        super().__init__(frames)
        self.freed = threading.Event()
        self._left = len(frames)

    def read(self) -> tuple[bool, Frame | None]:
        """Plays the next frame, or hangs."""
        if not self._left:
            self.freed.wait(TIMEOUT_S)
        self._left = max(0, self._left - 1)
        return super().read()


class HangingRelease(ScriptedCapture):
    """A capture whose release hangs, until it is freed."""

    def __init__(self, *frames: Frame) -> None:
        super().__init__(frames)
        self.freed = threading.Event()

    def release(self) -> None:
        """Hangs, and closes."""
        self.freed.wait(TIMEOUT_S)
        super().release()


class HangingOpener:
    """An opener that hangs until it is freed, and opens what it was given then.

    Args:
        capture: what it opens in the end.

    Attributes:
        calls: how often it was called.
    """

    def __init__(self, capture: Capture) -> None:
        self.calls, self.freed = 0, threading.Event()
        self._capture = capture

    def __call__(self) -> Capture:
        """Hangs, and opens."""
        self.calls += 1
        self.freed.wait(TIMEOUT_S)
        return self._capture


@contextmanager
def new_threads() -> Iterator[Callable[[], list[str]]]:
    """Tells the names of the threads that were started since and are alive."""
    before = set(threading.enumerate())
    yield lambda: sorted(thread.name for thread in set(threading.enumerate()) - before)


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until a condition holds, and fails if it takes too long."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"not in {TIMEOUT_S} s"
        time.sleep(0.005)


@contextmanager
def hung_file(path: Path) -> Iterator[None]:
    """A file that hangs whoever opens it, as a lost file server does: by a lease that is not given up."""
    file = os.open(path, os.O_RDWR)
    fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGCHLD)  # its own signal, SIGIO, would end the process
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    try:
        yield
    finally:
        os.close(file)


@contextmanager
def silent_server(drip: bytes = b"") -> Iterator[tuple[int, threading.Event]]:
    """A port where a connection is taken, and answered with nothing, or with a byte now and then.

    The event tells that the connection was taken.
    """
    taken, ended = threading.Event(), threading.Event()

    def answer() -> None:
        with suppress(OSError):  # the client or the server has gone
            client, _ = listening.accept()
            taken.set()
            with client:
                for byte in drip or [0]:
                    ended.wait(0.05 if drip else TIMEOUT_S)
                    client.send(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], taken
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)  # ends an accept that nobody came to
            thread.join(TIMEOUT_S)
