"""Ctrl-C and SIGTERM as a wish to end well."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that is empty until SIGINT or SIGTERM came, so that the work in hand is finished first.

    Only the main thread of a process may use it.
    """
    came: list[int] = []
    kept = {
        number: signal.signal(number, lambda n, _: came.append(n))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield came
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
