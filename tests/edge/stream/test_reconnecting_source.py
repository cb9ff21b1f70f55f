"""A source that is lost and reopened."""

import threading
import time
from collections.abc import Callable, Iterable

import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture, ScriptedCapture
from edgebreed.edge.stream.capture_thread import CaptureThread
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource, ReconnectSettings
from edgebreed.errors import SourceError

from ...conftest import BLUE, GREEN, RED, plain

QUICK = ReconnectSettings(read_timeout_s=1.0, open_timeout_s=2.0, backoff=Backoff(0.01, cap=0.05))
Script = Iterable[Frame | float | Exception | None]


def opener(*outcomes: Script | SourceError) -> Callable[[], Capture]:
    """Opens one script after another, or raises an error; after the last, nothing opens."""
    remaining = iter(outcomes)

    def open_next() -> Capture:
        outcome = next(remaining, SourceError("no such device"))
        if isinstance(outcome, SourceError):
            raise outcome
        return ScriptedCapture(outcome, 30.0)

    return open_next


def shown(frame: Frame) -> tuple[int, ...]:
    """A plain frame's colour and width."""
    return (*frame[0, 0].tolist(), frame.shape[1])


def test_a_lost_source_is_reopened_until_it_is_back() -> None:
    """Also if the first attempts fail, and with a new resolution; it is counted and reported."""
    states: list[tuple[State, str]] = []
    gone = SourceError("it does not open")
    source = ReconnectingSource(opener([plain(RED)], gone, gone, [plain(BLUE, 20, 10), 9.0]), "cam", QUICK)
    frames = source.frames(lambda state, reason: states.append((state, reason)))
    assert [(*RED, 40), (*BLUE, 20)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    assert [
        (State.RECONNECTING, "3 reads failed"),
        (State.RUNNING, "cam is back: 20x10 by script"),
    ] == states
    assert (1, 3) == (source.counters.counts.reconnects, source.counters.counts.failed)


def test_a_camera_that_hangs_without_an_error_is_detached() -> None:
    """After the timeout, without waiting for its read to return."""
    source = ReconnectingSource(opener([plain(RED), 30.0], [plain(GREEN), 30.0]), "cam", QUICK)
    frames, start = source.frames(), time.monotonic()
    assert [(*RED, 40), (*GREEN, 40)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    assert time.monotonic() - start < 10
    assert 1 == source.counters.counts.reconnects


def test_a_frozen_camera_is_reopened() -> None:
    """Identical frames count as failed, and the frames after the reconnect are delivered."""
    settings = ReconnectSettings(2.0, 0.2, stale_after_s=0.1, backoff=QUICK.backoff)
    frozen = [entry for _ in range(2000) for entry in (0.005, plain(RED))]
    source = ReconnectingSource(opener(frozen, [plain(GREEN), 9.0]), "cam", settings)
    reasons: list[str] = []
    colours: list[tuple[int, ...]] = []
    for captured in source.frames(lambda _, reason: reasons.append(reason)):
        colours.append(shown(captured.frame)[:3])
        if colours[-1] == GREEN:
            source.close()
    assert ([RED, GREEN], GREEN) == (sorted(set(colours)), colours[-1])
    assert "no new frame for 0.2 s: identical frames for 0.1 s" == reasons[0]
    assert source.counters.counts.failed > 0


def test_reconnecting_gives_up_when_it_should() -> None:
    """With the reason of the last attempt."""
    settings = ReconnectSettings(2.0, 1.0, give_up_s=0.2, backoff=QUICK.backoff)
    source = ReconnectingSource(opener([plain(RED)]), "cam", settings)
    with pytest.raises(SourceError, match=r"cam was lost and did not come back in 0\.2 s: no such device"):
        list(source.frames())
    source.close()


def test_closing_ends_a_hanging_read_and_a_long_wait() -> None:
    """From another thread, in well under a second."""
    hangs: list[Frame | float] = [plain(RED), 30.0]
    for script, backoff in ((hangs, Backoff()), (hangs[:1], Backoff(60, cap=60))):
        source = ReconnectingSource(
            opener(script), "cam", ReconnectSettings(read_timeout_s=60, backoff=backoff)
        )
        frames = source.frames()
        next(frames)
        closing = threading.Timer(0.1, source.close)
        closing.start()
        start = time.monotonic()
        assert [] == list(frames)
        assert time.monotonic() - start < 2
        closing.join()


def test_a_source_that_does_not_open_at_first_is_an_error() -> None:
    """Back-off is for sources that have worked before."""
    with pytest.raises(SourceError, match="no such device"):
        ReconnectingSource(opener(), "cam", QUICK)


def test_a_requested_frame_rate_below_the_timeout_is_no_lost_camera() -> None:
    """Frames that are dropped on purpose may be further apart than the timeout."""
    settings = ReconnectSettings(read_timeout_s=0.2, fps=2.0, backoff=Backoff(0.01))
    script = [part for _ in range(40) for part in (plain(RED), 0.05)]
    source = ReconnectingSource(opener(script, [plain(BLUE)]), "cam", settings)
    frames = source.frames()
    assert [(*RED, 40)] * 3 == [shown(next(frames).frame) for _ in "abc"]
    source.close()
    assert 0 == source.counters.counts.reconnects


def test_a_source_that_reopens_after_close_is_released() -> None:
    """No thread goes on counting its frames."""
    late = ScriptedCapture([part for _ in range(900) for part in (plain(GREEN), 0.01)], 30.0)
    captures = [ScriptedCapture([plain(RED)], 30.0), late]

    def open_next() -> Capture:
        if captures[0] is late:
            source.close()
        return captures.pop(0)

    source = ReconnectingSource(open_next, "cam", QUICK)
    assert 1 == len(list(source.frames()))
    wait_for(lambda: late.released)
