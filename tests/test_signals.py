"""Ctrl-C, SIGTERM and SIGHUP as a request to stop."""

import os
import signal

from edgebreed.signals import stop_signals


def test_signals_are_collected_instead_of_raised() -> None:
    """In order, and only inside the block: the handlers from before are restored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with stop_signals() as received:
        assert [] == received
        for number in numbers:
            os.kill(os.getpid(), number)
        assert list(numbers) == received
    assert before == [signal.getsignal(number) for number in numbers]


def test_under_nohup_the_end_of_a_terminal_stops_nothing() -> None:
    """The signal stays ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals() as received:
            os.kill(os.getpid(), signal.SIGHUP)
            assert [] == received
    finally:
        signal.signal(signal.SIGHUP, before)
