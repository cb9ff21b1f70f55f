"""Back-off, frame rates, playback speed and just-in-time scheduling."""

import random
import threading
import time
from itertools import islice

import pytest

from edgebreed.edge.stream.pacing import MARGIN_S, Backoff, FrameRateLimiter, PlaybackPacer, StageScheduler


def test_waits_double_up_to_the_cap() -> None:
    """Without jitter they are exact."""
    assert [1, 2, 4, 5, 5] == list(islice(Backoff(1, 2, 5, jitter=0).waits(), 5))


def test_jitter_only_shortens_and_differs_by_seed() -> None:
    """Two cameras that lost the same switch do not reconnect at the same moment."""
    backoff = Backoff(1, 2, 8, jitter=0.5)
    one, other = (list(islice(backoff.waits(random.Random(seed)), 6)) for seed in (1, 2))
    assert one != other
    for wait, nominal in zip(one, (1, 2, 4, 8, 8, 8), strict=True):
        assert nominal / 2 <= wait <= nominal


@pytest.mark.parametrize("wrong", [{"first": 0}, {"first": 9, "cap": 1}, {"factor": 0.5}, {"jitter": 2}])
def test_an_invalid_back_off_is_refused(wrong: dict[str, float]) -> None:
    """The message holds the limits."""
    with pytest.raises(ValueError, match="0 < first <= cap, factor >= 1 and 0 <= jitter <= 1"):
        Backoff(**wrong)


def kept_fps(rate: float, wanted: float, jitter: float = 0.0) -> float:
    """Frames per second that the limiter keeps of a source, over ten seconds."""
    limiter = FrameRateLimiter(wanted)
    times = [number / rate + (jitter if number % 2 else 0.0) for number in range(round(10 * rate))]
    return sum(not limiter.skips(time_s) for time_s in times) / 10


@pytest.mark.parametrize(("rate", "wanted", "kept"), [(30, 10, 10), (30, 20, 20), (30, 7, 7), (10, 30, 10)])
def test_the_limiter_keeps_the_wanted_rate(rate: float, wanted: float, kept: float) -> None:
    """On average, also with jitter, and never more frames than the source has."""
    assert kept_fps(rate, wanted) == pytest.approx(kept, abs=0.2)
    assert kept_fps(rate, wanted, jitter=0.004) == pytest.approx(kept, abs=0.2)


def test_the_limiter_lets_no_burst_through_after_a_pause() -> None:
    """The rate counts from the first frame after it."""
    limiter = FrameRateLimiter(1.0)
    assert [False, False, True, True] == [limiter.skips(time_s) for time_s in (0.0, 60.0, 60.1, 60.2)]


def test_without_a_rate_the_limiter_keeps_every_frame() -> None:
    """Also two of the same time."""
    assert [False, False] == [FrameRateLimiter(None).skips(time_s) for time_s in (1.0, 1.0)]


def test_playback_waits_until_a_frame_is_due() -> None:
    """Counted from the first frame, so that one late frame does not delay the rest."""
    pacer, start = PlaybackPacer(threading.Event()), time.monotonic()
    assert pacer.wait_until(2.0)
    assert pacer.wait_until(2.1)
    assert time.monotonic() - start >= 0.1


def test_a_stop_ends_the_wait_of_playback() -> None:
    """At once."""
    stopped = threading.Event()
    pacer = PlaybackPacer(stopped)
    pacer.wait_until(0.0)
    threading.Timer(0.05, stopped.set).start()
    start = time.monotonic()
    assert not pacer.wait_until(100.0)
    assert time.monotonic() - start < 5


class SteppedClock:
    """A clock that only moves when it is set."""

    now = 100.0

    def __call__(self) -> float:
        """The time in s."""
        return self.now


def measured(clock: SteppedClock, first: float, second: float, window: int = 8) -> StageScheduler:
    """A scheduler that saw one frame through both stages, and whose second stage has just started again."""
    scheduler = StageScheduler(window, clock)
    scheduler.first_finished(first)
    scheduler.second_started()
    clock.now += second
    scheduler.second_finished()
    scheduler.second_started()
    return scheduler


def test_nothing_is_delayed_before_both_stages_were_measured() -> None:
    """The first frames pass at once."""
    scheduler = StageScheduler()
    assert 0.0 == scheduler.delay_s()
    scheduler.first_finished(0.1)
    assert 0.0 == scheduler.delay_s()


def test_the_first_stage_waits_until_the_second_is_nearly_free() -> None:
    """By the second stage's duration less its own, and less the time that has passed."""
    clock = SteppedClock()
    scheduler = measured(clock, first=0.05, second=0.2)
    assert scheduler.delay_s() == pytest.approx(0.2 - 0.05 - MARGIN_S)
    clock.now += 0.1
    assert scheduler.delay_s() == pytest.approx(0.1 - 0.05 - MARGIN_S)
    clock.now += 9
    assert 0.0 == scheduler.delay_s()


def test_the_longest_recent_duration_of_the_first_stage_counts() -> None:
    """Older ones than the window are forgotten."""
    scheduler = measured(SteppedClock(), first=0.5, second=0.1, window=2)
    scheduler.first_finished(0.01)
    assert 0.0 == scheduler.delay_s()
    scheduler.first_finished(0.01)
    assert scheduler.delay_s() == pytest.approx(0.1 - 0.01 - MARGIN_S)


def test_the_shortest_recent_duration_of_the_second_stage_counts() -> None:
    """One slow frame does not make the second stage wait for the next one."""
    clock = SteppedClock()
    scheduler = measured(clock, first=0.01, second=0.1)
    clock.now += 5
    scheduler.second_finished()
    scheduler.second_started()
    assert scheduler.delay_s() == pytest.approx(0.1 - 0.01 - MARGIN_S)
