"""Ctrl-C and SIGTERM as a request to stop."""

import os
import signal

from edgebreed.signals import stop_signals


def test_signals_are_collected_instead_of_raised() -> None:
    """In order, and only inside the block: the handlers from before are restored."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stop_signals() as received:
        assert [] == received
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        assert [signal.SIGINT, signal.SIGTERM] == received
    assert before == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
