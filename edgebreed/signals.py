"""Turns Ctrl-C, SIGTERM and the end of a terminal into a request to stop, and a second one into the end."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

REPEAT_S = 0.2  # `timeout` and other wrappers hand a signal on that the terminal has sent already
_INTERRUPTED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM)  # a terminal that closes may send SIGHUP twice
_END = b"\0"  # the number of no signal


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """Collects SIGINT, SIGTERM and SIGHUP instead of raising, so that work in progress can be finished first.

    A SIGINT or SIGTERM that comes later than `REPEAT_S` s after the first signal ends the process at once,
    with exit code 130, also while a driver or a disk hangs. A SIGHUP that is ignored, as under `nohup`, stays
    so. Only the main thread of a process may use it.

    Yields:
        The numbers of the signals received so far.
    """
    received: list[int] = []
    with _second_signal_ends_the_process():
        previous = {
            number: signal.signal(number, lambda n, _: received.append(n))
            for number in (*_ENDING, signal.SIGHUP)
            if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN)
        }
        try:
            yield received
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)


@contextmanager
def _second_signal_ends_the_process() -> Iterator[None]:
    """Watches signals from a thread: handlers in Python wait until the main thread returns from a driver."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reading,), daemon=True, name="signals")
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(previous)
        os.write(writing, _END)  # closing it would not do where a forked process holds it too
        watcher.join()
        os.close(writing)
        os.close(reading)


def _watch(reading: int) -> None:
    first_at = None
    while (number := os.read(reading, 1)) != _END:
        first_at = first_at or time.monotonic()
        if number[0] in _ENDING and time.monotonic() - first_at > REPEAT_S:
            _end_at_once()


def _end_at_once() -> None:
    """Ends the process as a kill would: files are made to survive that, and a lock may be held by a hang."""
    with suppress(OSError):  # it may be closed
        os.write(2, b"edgebreed: ended at once by a second signal\n")
    os._exit(_INTERRUPTED)
