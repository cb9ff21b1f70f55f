"""Opening in the background, one attempt at a time."""

import threading

import pytest

from edgebreed.edge.stream.background_opener import BackgroundOpener, open_with_timeout
from edgebreed.edge.stream.capture import Capture, ScriptedCapture
from edgebreed.errors import SourceError

from .captures import WAITED, HangingOpener, new_threads, wait_for


def test_an_open_that_hangs_is_waited_for_again_and_then_used() -> None:
    """However often it is tried, there is one thread and one call of the driver."""
    capture = ScriptedCapture([])
    hanging = HangingOpener(capture)
    background = BackgroundOpener(hanging, "cam")
    with new_threads() as threads:
        for _ in range(5):
            with pytest.raises(SourceError, match=r"cam did not open within [\d.]+ s: check cable"):
                background.open(0.02)
        assert (["open"], 1, True) == (threads(), hanging.calls, background.pending_s >= 0.1)
        hanging.freed.set()
        assert capture is background.open(5)
    assert (0.0, False) == (background.pending_s, capture.released)


def test_after_a_failure_the_next_attempt_is_a_new_one() -> None:
    """The driver's own exception is told by its type: its text may hold a password."""
    outcomes: list[Exception] = [RuntimeError("rtsp://u:s3cret@cam"), SourceError("unplugged")]

    def fail() -> Capture:
        raise outcomes.pop(0)

    background = BackgroundOpener(fail, "cam")
    with pytest.raises(SourceError, match="^cam does not open: its driver raised RuntimeError$"):
        background.open(5)
    with pytest.raises(SourceError, match="^unplugged$"):
        background.open(5)


def test_closing_ends_an_open_that_waits_and_releases_what_opens_later() -> None:
    """And nothing is opened any more."""
    capture = ScriptedCapture([])
    hanging = HangingOpener(capture)
    background = BackgroundOpener(hanging, "cam")
    closing = threading.Timer(0.05, background.close)
    closing.start()
    with pytest.raises(SourceError, match="did not open"):
        background.open(15)
    hanging.freed.set()
    wait_for(lambda: capture.released)
    with pytest.raises(SourceError, match="cam was closed: open it anew"):
        background.open(5)
    assert 1 == hanging.calls


def test_what_opened_and_was_not_asked_for_is_released() -> None:
    """As after a late open that no attempt came to fetch."""
    capture = ScriptedCapture([])
    hanging = HangingOpener(capture)
    background = BackgroundOpener(hanging, "cam")
    with pytest.raises(SourceError, match="did not open"):
        background.open(0.01)
    hanging.freed.set()
    wait_for(lambda: not background.pending_s)
    background.close()
    assert capture.released


def test_an_open_with_a_time_limit_releases_what_opens_too_late() -> None:
    """The error tells how long it waited, which a busy machine lengthens, and what to look at."""
    late = ScriptedCapture([])
    hanging = HangingOpener(late)
    with pytest.raises(SourceError, match=rf"cam did not open within {WAITED} s: check cable"):
        open_with_timeout(hanging, "cam", 0.1)
    hanging.freed.set()
    wait_for(lambda: late.released)
