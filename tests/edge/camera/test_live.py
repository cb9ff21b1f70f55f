"""A source that is lost and found again."""

import threading
import time
from collections.abc import Callable, Iterable

import pytest

from edgebreed.edge.camera.backoff import Backoff
from edgebreed.edge.camera.capture import Capture, ScriptedCapture
from edgebreed.edge.camera.events import State
from edgebreed.edge.camera.live import LiveSettings, LiveSource, open_within
from edgebreed.edge.camera.reader import Reader
from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError

from ...conftest import BLUE, GREEN, RED, plain

QUICK = LiveSettings(read_timeout_s=1.0, open_timeout_s=2.0, backoff=Backoff(0.01, cap=0.05))
Script = Iterable[Frame | float | Exception | None]


def opener(*outcomes: Script | SourceError) -> Callable[[], Capture]:
    """Opens one script after another; an error is raised, and after the last nothing opens."""
    left = iter(outcomes)

    def open_next() -> Capture:
        outcome = next(left, SourceError("nobody there"))
        if isinstance(outcome, SourceError):
            raise outcome
        return ScriptedCapture(outcome, 30.0)

    return open_next


def shown(frame: Frame) -> tuple[int, ...]:
    """A plain frame's colour and width."""
    return (*frame[0, 0].tolist(), frame.shape[1])


def test_a_lost_source_is_opened_until_it_is_back() -> None:
    """Also when the first tries fail, and with a new resolution; each return is counted and told."""
    told: list[tuple[State, str]] = []
    gone = SourceError("it does not open")
    source = LiveSource(opener([plain(RED)], gone, gone, [plain(BLUE, 20, 10), 9.0]), "cam", QUICK)
    frames = source.frames(lambda state, reason: told.append((state, reason)))
    assert [(*RED, 40), (*BLUE, 20)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    assert [
        (State.RECONNECTING, "3 reads failed"),
        (State.RUNNING, "cam is back: 20x10 by script"),
    ] == told
    assert (1, 3) == (source.tally.counts.reconnects, source.tally.counts.failed)


def test_a_camera_that_hangs_without_an_error_is_left_behind() -> None:
    """After the time-out, and not when its read returns."""
    source = LiveSource(opener([plain(RED), 30.0], [plain(GREEN), 30.0]), "cam", QUICK)
    frames, start = source.frames(), time.monotonic()
    assert [(*RED, 40), (*GREEN, 40)] == [shown(next(frames).frame) for _ in "ab"]
    source.close()
    assert time.monotonic() - start < 10
    assert 1 == source.tally.counts.reconnects


def test_a_frozen_camera_is_opened_anew() -> None:
    """One picture for ever is no picture; what comes after it is."""
    settings = LiveSettings(2.0, 0.2, stale_after_s=0.1, backoff=QUICK.backoff)
    frozen = [entry for _ in range(2000) for entry in (0.005, plain(RED))]
    source = LiveSource(opener(frozen, [plain(GREEN), 9.0]), "cam", settings)
    told: list[str] = []
    colours: list[tuple[int, ...]] = []
    for captured in source.frames(lambda _, reason: told.append(reason)):
        colours.append(shown(captured.frame)[:3])
        if colours[-1] == GREEN:
            source.close()
    assert ([RED, GREEN], GREEN) == (sorted(set(colours)), colours[-1])
    assert "no picture for 0.2 s: the same picture for 0.1 s" == told[0]
    assert source.tally.counts.failed > 0


def test_the_search_ends_when_it_should() -> None:
    """With the last reason."""
    settings = LiveSettings(2.0, 1.0, give_up_s=0.2, backoff=QUICK.backoff)
    source = LiveSource(opener([plain(RED)]), "cam", settings)
    with pytest.raises(SourceError, match=r"cam was lost and not found again in 0\.2 s: nobody there"):
        list(source.frames())
    source.close()


def test_closing_ends_a_hanging_read_and_a_long_wait() -> None:
    """From another thread, in well under a second."""
    hangs: list[Frame | float] = [plain(RED), 30.0]
    for script, backoff in ((hangs, Backoff()), (hangs[:1], Backoff(60, cap=60))):
        source = LiveSource(opener(script), "cam", LiveSettings(read_timeout_s=60, backoff=backoff))
        frames = source.frames()
        next(frames)
        closing = threading.Timer(0.1, source.close)
        closing.start()
        start = time.monotonic()
        assert [] == list(frames)
        assert time.monotonic() - start < 2
        closing.join()


def test_an_opener_that_hangs_is_not_waited_for() -> None:
    """What it opens too late is released."""
    late, gate = ScriptedCapture([]), threading.Event()

    def slow() -> Capture:
        gate.wait(10)
        return late

    with pytest.raises(SourceError, match=r"cam did not open within 0\.1 s: check its cable"):
        open_within(slow, "cam", 0.1, threading.Event())
    gate.set()
    deadline = time.monotonic() + 5
    while not late.released and time.monotonic() < deadline:
        time.sleep(0.01)
    assert late.released


def test_a_source_that_does_not_open_at_first_is_an_error() -> None:
    """There is nothing to go on with."""
    with pytest.raises(SourceError, match="nobody there"):
        LiveSource(opener(), "cam", QUICK)


def test_a_slow_rate_is_no_lost_camera() -> None:
    """Frames that are left out on purpose may be further apart than the time-out."""
    settings = LiveSettings(read_timeout_s=0.2, fps=2.0, backoff=Backoff(0.01))
    script = [part for _ in range(40) for part in (plain(RED), 0.05)]
    source = LiveSource(opener(script, [plain(BLUE)]), "cam", settings)
    frames = source.frames()
    assert [(*RED, 40)] * 3 == [shown(next(frames).frame) for _ in "abc"]
    source.close()
    assert 0 == source.tally.counts.reconnects


def test_a_source_that_comes_back_after_the_end_is_given_back() -> None:
    """No thread goes on counting its frames."""
    came = ScriptedCapture([part for _ in range(900) for part in (plain(GREEN), 0.01)], 30.0)
    captures = iter([ScriptedCapture([plain(RED)], 30.0), came])
    source = LiveSource(lambda: next(captures), "cam", QUICK)
    opened = source._open

    def open_late() -> Reader:
        reader = opened()
        source.close()
        return reader

    source._open = open_late  # type: ignore[method-assign]
    assert 1 == len(list(source.frames()))
    source._reader.join(1)
    assert came.released
