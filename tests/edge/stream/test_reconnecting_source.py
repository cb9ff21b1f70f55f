"""A source that is lost and reopened."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture, ScriptedCapture
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.outage import ReconnectSettings
from edgebreed.edge.stream.pacing import Backoff
from edgebreed.edge.stream.reconnecting_source import ReconnectingSource
from edgebreed.errors import SourceError

from ...conftest import BLUE, GREEN, RED, plain
from .captures import WAITED, HangingCapture, HangingOpener, new_threads, wait_for

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


@pytest.mark.slow
def test_a_camera_that_hangs_without_an_error_is_detached() -> None:
    """After the timeout, without waiting for its read to return."""
    source = ReconnectingSource(opener([plain(RED), 30.0], [plain(GREEN), 30.0]), "cam", QUICK)
    frames, start = source.frames(), time.monotonic()
    assert [(*RED, 40), (*GREEN, 40)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    assert time.monotonic() - start < 10
    assert 1 == source.counters.counts.reconnects


@pytest.mark.slow
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


@pytest.mark.slow
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
        assert time.monotonic() - start < 10
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


def after(*outcomes: Callable[[], Capture]) -> Callable[[], Capture]:
    """Opens by one opener after another, and by the last one again and again."""
    remaining = list(outcomes)

    def open_next() -> Capture:
        next_one = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        return next_one()

    return open_next


def impatient(**changes: Any) -> ReconnectSettings:
    """Settings that notice and report everything at once."""
    fields = {"open_timeout_s": 0.05, "read_timeout_s": 0.05, "report_every_s": 0.0}
    return ReconnectSettings(**{**fields, "backoff": QUICK.backoff, **changes})


@pytest.mark.slow
def test_an_open_that_hangs_holds_one_thread_and_is_used_when_it_returns() -> None:
    """The state says for how long it hangs; it is one attempt."""
    hanging = HangingOpener(HangingCapture(plain(BLUE)))
    states: list[str] = []

    def on_state(_: State, reason: str) -> None:
        states.append(reason)
        if len(states) == 9:
            assert ["open"] == threads()
            hanging.freed.set()

    with new_threads() as threads:
        source = ReconnectingSource(after(opener([plain(RED)]), hanging), "cam", impatient(read_timeout_s=1))
        frames = source.frames(on_state)
        assert [(*RED, 40), (*BLUE, 40)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    waited = [float(reason.split("within ")[1].split(" s")[0]) for reason in states[1:-1]]
    assert (True, waited) == (waited[-1] >= 0.4, sorted(waited))
    counts = source.counters.counts
    assert (1, 1, 1) == (hanging.calls, counts.reconnect_attempts, counts.reconnects)


def test_an_open_that_hangs_too_long_fails_the_source() -> None:
    """Its service then starts anew, which alone frees the device."""
    hanging = HangingOpener(ScriptedCapture([]))
    source = ReconnectingSource(after(opener([plain(RED)]), hanging), "cam", impatient(hung_limit_s=0.3))
    with pytest.raises(SourceError, match="driver of cam has hung for 0 s, and holds the device"):
        list(source.frames())
    source.close()
    hanging.freed.set()


@pytest.mark.slow
def test_a_source_is_opened_beside_one_read_that_hangs_and_not_beside_two() -> None:
    """So a source holds two threads at most; it goes on once a read returns."""
    captures = [HangingCapture(plain(colour)) for colour in (RED, GREEN, BLUE)]
    opened = iter(captures)
    states: list[str] = []

    def on_state(_: State, reason: str) -> None:
        states.append(reason)
        if states[-3:] == [reason] * 3:
            assert ["capture", "capture"] == threads()
            captures[0].freed.set()

    with new_threads() as threads:
        source = ReconnectingSource(lambda: next(opened), "cam", impatient(read_timeout_s=0.1))
        frames = source.frames(on_state)
        assert [RED, GREEN, BLUE] == [shown(next(frames).frame)[:3] for _ in "abc"]
    assert sum("the driver of cam hangs in two reads" in reason for reason in states) >= 3
    assert captures[0].released
    source.close()
    for capture in captures:
        capture.freed.set()


@pytest.mark.slow
def test_a_device_that_a_hanging_read_holds_fails_the_source_after_a_while() -> None:
    """The state names the read as what may hold it."""
    hanging, reasons = HangingCapture(plain(RED)), []
    source = ReconnectingSource(
        after(lambda: hanging, opener()), "cam", impatient(hung_limit_s=0.4, open_timeout_s=1)
    )
    with pytest.raises(SourceError, match="driver of cam has hung for"):
        for _ in source.frames(lambda _, reason: reasons.append(reason)):
            pass
    assert "no new frame for 0.05 s: its driver hangs" == reasons[0]
    assert reasons[-1].endswith("no such device (a read that hangs may hold it)")
    source.close()
    hanging.freed.set()


def test_a_still_picture_comes_back_after_each_reopen_and_is_reopened_ever_more_rarely() -> None:
    """Its frames are delivered meanwhile, and the state says that it is still the same picture."""
    still = lambda: ScriptedCapture(part for _ in range(4000) for part in (0.002, plain(RED)))  # noqa: E731  # an opener
    settings = ReconnectSettings(2.0, 0.05, stale_after_s=0.05, backoff=Backoff(0.001, cap=0.002))
    source, times, reasons = ReconnectingSource(still, "cam", settings), [], []

    def on_state(state: State, reason: str) -> None:
        reasons.append(reason)
        times.append(time.monotonic())
        if state is State.RUNNING and len(times) == 8:
            source.close()

    delivered = sum(1 for _ in source.frames(on_state))
    assert all("40x30 by script, the same picture for 0 s" in reason for reason in reasons[1:4:2])
    worked_s = [lost - back for back, lost in zip(times[1::2], times[2::2], strict=False)]
    assert worked_s[-1] > worked_s[0]
    assert (4, True) == (source.counters.counts.reconnects, delivered > 20)


def test_a_driver_that_raises_anything_while_it_is_reopened_is_tried_again() -> None:
    """Only its type is told."""

    def fail() -> Capture:
        raise OSError("rtsp://u:s3cret@cam")

    reasons: list[str] = []
    source = ReconnectingSource(
        after(opener([plain(RED)]), fail, opener([plain(GREEN), 9.0])), "cam", impatient(read_timeout_s=1)
    )
    frames = source.frames(lambda _, reason: reasons.append(reason))
    assert [RED, GREEN] == [shown(next(frames).frame)[:3] for _ in "ab"]
    source.close()
    assert "lost for 0 s: cam does not open: its driver raised OSError" == reasons[1]


def test_a_first_open_that_is_interrupted_releases_what_opens_late() -> None:
    """As one that takes too long does."""
    late = ScriptedCapture([])
    hanging = HangingOpener(late)
    with pytest.raises(SourceError, match=rf"did not open within {WAITED} s"):
        ReconnectingSource(hanging, "cam", impatient(open_timeout_s=0.1))
    hanging.freed.set()
    wait_for(lambda: late.released)


def test_closing_twice_waits_once_for_a_read_that_hangs() -> None:
    """The end of a stream must not take longer with each part that closes its source."""
    capture = HangingCapture(plain(RED))
    source = ReconnectingSource(lambda: capture, "cam", impatient(read_timeout_s=60))
    next(source.frames())
    source.close()
    start = time.monotonic()
    source.close()
    assert time.monotonic() - start < 0.9
    capture.freed.set()
