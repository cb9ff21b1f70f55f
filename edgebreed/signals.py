"""Turns Ctrl-C, SIGTERM and the end of a terminal into a request to stop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """Collects SIGINT, SIGTERM and SIGHUP instead of raising, so that work in progress can be finished first.

    A SIGHUP that is ignored, as under `nohup`, stays so. Only the main thread of a process may use it.

    Yields:
        The numbers of the signals received so far.
    """
    received: list[int] = []
    previous = {
        number: signal.signal(number, lambda n, _: received.append(n))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if (number, signal.getsignal(number)) != (signal.SIGHUP, signal.SIG_IGN)
    }
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
