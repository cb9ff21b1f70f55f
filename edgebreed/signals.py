"""Turns Ctrl-C, SIGTERM and the end of a terminal into a request to stop, and a second one into the end."""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

REPEAT_S = 0.2  # `timeout` and other wrappers hand a signal on that the terminal has sent already
HINT_S = 2.0  # from the first signal until the user is told what a second one does
_INTERRUPTED = 130
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_END = b"\0"  # the number of no signal


def exit_on_signals() -> None:
    """Lets SIGINT, SIGTERM and SIGHUP end the process at once with one line, as nothing is open yet."""
    _handle(lambda _, __: _end_at_once("interrupted"))


@contextmanager
def raised_signals(grace_s: float | None = None) -> Iterator[None]:
    """Makes SIGTERM and SIGHUP raise `KeyboardInterrupt` as Ctrl-C does, the first of them alone.

    Args:
        grace_s: see `stop_signals`.
    """
    received: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        received.append(number)
        if len(received) == 1:  # another would break off the closing of files
            raise KeyboardInterrupt

    with _watched(grace_s), _handled(interrupt):
        yield


@contextmanager
def stop_signals(grace_s: float | None = None) -> Iterator[list[int]]:
    """Collects SIGINT, SIGTERM and SIGHUP instead of raising, so that work in progress can be finished first.

    A signal that comes later than `REPEAT_S` s after the first ends the process at once, with exit code 130,
    also while a driver or a disk hangs; so does the end of the grace. A SIGHUP that is ignored, as under
    `nohup`, stays so. Only the main thread of a process may use it.

    Args:
        grace_s: seconds from the first signal in which the block must end; None for any number.

    Yields:
        The numbers of the signals received so far.
    """
    received: list[int] = []
    with _watched(grace_s), _handled(lambda number, _: received.append(number)):
        yield received


_Handler = Callable[[int, FrameType | None], object]


@contextmanager
def _handled(handler: _Handler) -> Iterator[None]:
    previous = [(number, signal.getsignal(number)) for number in _STOPPING]
    _handle(handler)
    try:
        yield
    finally:
        for number, before in previous:
            signal.signal(number, before)


def _handle(handler: _Handler) -> None:
    for number in _STOPPING:
        if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN):
            signal.signal(number, handler)


@contextmanager
def _watched(grace_s: float | None) -> Iterator[None]:
    """Watches signals from a thread: handlers in Python wait until the main thread returns from a driver."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher = threading.Thread(target=_watch, args=(reading, grace_s), daemon=True, name="signals")
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(previous)
        os.write(writing, _END)  # closing it would not do where a forked process holds it too
        watcher.join()
        os.close(writing)
        os.close(reading)


def _watch(reading: int, grace_s: float | None) -> None:
    number = os.read(reading, 1)
    while number != _END and number[0] not in _STOPPING:
        number = os.read(reading, 1)
    first_at = time.monotonic()
    if number == _END or _ends_within(reading, first_at, HINT_S):
        return
    _say("stopping: a second signal ends it at once")
    if not _ends_within(reading, first_at, grace_s):
        _end_at_once(
            f"ended at once: not all has stopped within {grace_s:g} s, perhaps as an output is stuck"
        )


def _ends_within(reading: int, first_at: float, seconds: float | None) -> bool:
    """Whether the work ends in this time from the first signal; a second one ends the process."""
    while _readable(reading, None if seconds is None else first_at + seconds - time.monotonic()):
        number = os.read(reading, 1)
        if number == _END:
            return True
        if number[0] in _STOPPING and time.monotonic() - first_at > REPEAT_S:
            _end_at_once("ended at once by a second signal")
    return False


def _readable(reading: int, seconds: float | None) -> bool:
    poll = select.poll()  # not `select`, which takes no descriptor above 1023
    poll.register(reading, select.POLLIN)
    return bool(poll.poll(None if seconds is None else max(0.0, seconds * 1000)))


def _say(line: str) -> None:
    """Prints a line on standard error, unless that itself is closed or stuck."""
    poll = select.poll()
    poll.register(2, select.POLLOUT)
    with suppress(OSError):
        if any(event == select.POLLOUT for _, event in poll.poll(0)):
            os.write(2, f"edgebreed: {line}\n".encode())


def _end_at_once(line: str) -> NoReturn:
    """Ends the process as a kill would: files are made to survive that, and a lock may be held by a hang."""
    _say(line)
    os._exit(_INTERRUPTED)
