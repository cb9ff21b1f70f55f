"""Reading a capture in the background, and rejecting frames without a picture."""

import time
from collections.abc import Iterable

import numpy as np
import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import ScriptedCapture
from edgebreed.edge.stream.capture_thread import CaptureContext, CaptureThread, FrozenFrameCheck
from edgebreed.edge.stream.counters import FrameCounters, FrameCounts

from ...conftest import BLUE, GREEN, RED, plain
from .captures import HangingCapture

BLACK = plain((0, 0, 0))


def test_black_frames_after_a_failed_read_are_rejected() -> None:
    """Until the next picture; after it, black is accepted as darkness."""
    check = FrozenFrameCheck()
    assert check.accepts(BLACK, 0.0)
    assert not check.accepts(None, 0.1)
    assert not check.accepts(BLACK, 0.2)
    assert "black filler" == check.reason
    assert check.accepts(plain(RED), 0.3)
    assert check.accepts(BLACK, 0.4)


def test_identical_frames_for_too_long_are_rejected() -> None:
    """A single pixel of noise is enough to be accepted again."""
    check = FrozenFrameCheck(stale_after_s=2.0)
    assert [True, True, False, False] == [check.accepts(plain(RED), at) for at in (0.0, 1.9, 2.0, 9.0)]
    assert "identical frames for 2 s" == check.reason
    noisy = plain(RED)
    noisy[1, 1, 1] += 1
    assert check.accepts(noisy, 9.1)


def test_zero_accepts_identical_frames_for_ever() -> None:
    """For test patterns and screens."""
    check = FrozenFrameCheck(stale_after_s=0)
    assert check.accepts(plain(RED), 0.0)
    assert check.accepts(plain(RED), 1e6)


def test_a_frame_of_another_resolution_is_another_picture() -> None:
    """An empty array is none."""
    check = FrozenFrameCheck(1.0)
    assert check.accepts(plain(GREEN), 0.0)
    assert check.accepts(plain(GREEN, 20, 10), 5.0)
    assert not check.accepts(np.zeros((0, 0, 3), np.uint8), 5.1)


def read(
    script: Iterable[Frame | float | Exception | None], fps: float | None = None
) -> tuple[CaptureThread, FrameCounts]:
    """A capture thread that has played a whole script, and its counts."""
    context = CaptureContext("cam", FrameCounters(), FrozenFrameCheck(), fps)
    thread = CaptureThread(ScriptedCapture(script), context)
    thread.join(5)
    return thread, context.counters.counts


def test_the_newest_frame_is_kept_and_the_rest_is_dropped() -> None:
    """Frames that are not taken do not queue; three failed reads end the capture."""
    thread, counts = read([plain(RED), plain(GREEN), plain(BLUE)])
    captured = thread.next(0)
    assert captured is not None
    assert (2, "cam#2", [*BLUE]) == (captured.number, captured.name, captured.frame[0, 0].tolist())
    assert FrameCounts(captured=6, dropped=2, failed=3, newer=2) == counts
    assert "3 reads failed" == thread.fault(1)


def test_frames_without_a_picture_are_counted_and_never_delivered() -> None:
    """A failed read, filler after it, an exception of the driver."""
    thread, counts = read([plain(RED), None, BLACK, BLACK, RuntimeError("ioctl"), BLACK])
    captured = thread.next(0)
    assert captured is not None
    assert 0 == captured.number
    assert (1, 8) == (counts.captured - counts.failed, counts.failed)


def test_a_driver_that_raises_is_a_broken_capture() -> None:
    """The exception's type is reported, but not its text, which may contain the address."""
    thread, _ = read([RuntimeError("rtsp://u:s3cret@cam")] * 3)
    assert "reading failed with RuntimeError" == thread.fault(1)


def test_frames_beyond_the_requested_rate_are_dropped() -> None:
    """At one a minute only the first is kept."""
    thread, counts = read([plain((level,) * 3) for level in (1, 2, 3, 4)], fps=1 / 60)
    captured = thread.next(0)
    assert captured is not None
    assert (0, 3) == (captured.number, counts.dropped)


@pytest.mark.slow
def test_a_detached_thread_counts_no_more_and_releases_the_device() -> None:
    """Once its read returns."""
    capture = ScriptedCapture([plain(RED), 1.5, plain(GREEN)])
    context = CaptureContext("cam", FrameCounters(), FrozenFrameCheck())
    thread = CaptureThread(capture, context)
    assert thread.next(2) is not None
    start = time.monotonic()
    thread.detach()
    assert thread.next(5) is None
    assert time.monotonic() - start < 1.2
    thread.join(5)
    assert (FrameCounts(captured=1), True) == (context.counters.counts, capture.released)


class FailingCheck(FrozenFrameCheck):
    """A check that fails on the second frame."""

    def accepts(self, frame: Frame | None, time_s: float) -> bool:
        """Accepts the first."""
        if self.unchanged_s:
            raise MemoryError("no room for a frame")
        self.unchanged_s = 1.0
        return True


def test_a_reader_that_dies_of_any_exception_releases_the_device() -> None:
    """And its capture counts as broken at once, so that the source is reopened."""
    capture = ScriptedCapture([plain(RED), plain(GREEN), 60.0])
    thread = CaptureThread(capture, CaptureContext("cam", FrameCounters(), FailingCheck()))
    thread.join(5)
    assert (True, 0.0) == (capture.released, thread.hung_s)
    assert thread.next(5) is not None
    assert thread.next(5) is None
    assert "handling a frame failed with MemoryError: no room for a frame" == thread.fault(1)


def test_a_release_that_raises_ends_the_thread_quietly() -> None:
    """There is nothing left to close."""

    class Unplugged(ScriptedCapture):
        """A capture whose device is gone."""

        def release(self) -> None:
            """Fails."""
            raise OSError("no such device")

    thread = CaptureThread(Unplugged([]), CaptureContext("cam", FrameCounters(), FrozenFrameCheck()))
    thread.join(5)
    assert (0.0, "3 reads failed") == (thread.hung_s, thread.fault(1))


def test_a_driver_that_hangs_is_told_from_one_that_delivers_nothing() -> None:
    """Until its call returns."""
    capture = HangingCapture(plain(RED))
    thread = CaptureThread(capture, CaptureContext("cam", FrameCounters(), FrozenFrameCheck()))
    assert thread.next(5) is not None
    assert thread.next(0.1) is None
    assert thread.hung_s >= 0.1
    assert "no new frame for 0.1 s: its driver hangs" == thread.fault(0.1)
    capture.freed.set()
    thread.join(5)
    assert 0.0 == thread.hung_s


def test_after_a_reopen_a_still_picture_is_accepted_for_twice_as_long() -> None:
    """Each time; a picture that changes starts from the first limit."""
    check, now, accepted = FrozenFrameCheck(2.0), 0.0, []
    for _ in range(4):
        start = now
        while check.accepts(plain(RED), now):
            now += 0.5
        accepted.append(now - start)
        now += 3.0
        check.restart(now)
    assert [2.0, 4.0, 8.0, 16.0] == accepted
    assert check.accepts(plain(RED), now)
    assert now == check.unchanged_s
    assert check.accepts(plain(GREEN), now)
    assert 0.0 == check.unchanged_s
    assert [True, False] == [check.accepts(plain(GREEN), now + later) for later in (1.9, 2.0)]


def test_a_still_picture_costs_a_reconnect_an_hour_at_most_and_no_less() -> None:
    """The limit does not grow without end, as a camera that hangs must be found."""
    check, now = FrozenFrameCheck(10.0), 0.0
    for _ in range(20):
        while check.accepts(plain(RED), now):
            now += 5.0
        check.restart(now)
    assert [True, False] == [check.accepts(plain(RED), now + later) for later in (3595.0, 3600.0)]


def test_after_a_reopen_darkness_is_accepted() -> None:
    """A failed read before it says nothing about the new device."""
    check = FrozenFrameCheck()
    assert [False, False] == [check.accepts(frame, 0.1) for frame in (None, BLACK)]
    check.restart(0.2)
    assert check.accepts(BLACK, 0.3)


def test_a_source_lost_for_another_reason_keeps_its_limit() -> None:
    """The time of the outage is none in which the picture was seen to be still."""
    check = FrozenFrameCheck(2.0)
    assert check.accepts(plain(RED), 0.0)
    check.restart(60.0)
    assert [True, True, False] == [check.accepts(plain(RED), at) for at in (60.1, 61.9, 62.0)]
