"""The newest result, a minute of history, and the health of a stream."""

from dataclasses import replace

import pytest

from edgebreed.edge.stream.events import State, StateChange
from edgebreed.live.stream_state import Health, StreamState, check_health

from .feed import ManualClock, change, frame_result


def fed(seconds: float, per_s: float) -> tuple[StreamState, ManualClock]:
    """A state that has received results at an even rate."""
    clock = ManualClock()
    state = StreamState(clock)
    for number in range(round(seconds * per_s)):
        clock.now += 1 / per_s
        state.on_result(frame_result(number, latency_ms=float(number)))
    return state, clock


def test_a_snapshot_has_the_newest_result_and_the_last_state() -> None:
    """Both as the stream sent them."""
    state, _ = fed(1, 4)
    state.on_state(change(State.RECONNECTING, "gone"))
    snapshot = state.snapshot()
    assert snapshot.shown is not None
    assert (3, State.RECONNECTING) == (snapshot.shown.number, snapshot.state)


def test_before_the_first_result_the_stream_is_starting() -> None:
    """Only the time has passed."""
    clock = ManualClock()
    state = StreamState(clock)
    clock.now += 3
    snapshot = state.snapshot()
    assert (None, State.STARTING, 0.0, 3.0) == (
        snapshot.shown,
        snapshot.state,
        snapshot.fps,
        snapshot.since_result_s,
    )


@pytest.mark.parametrize("per_s", [2.0, 30.0])
def test_the_rate_is_that_of_the_last_seconds(per_s: float) -> None:
    """And falls to 0 without results."""
    state, clock = fed(20, per_s)
    assert state.snapshot().fps == pytest.approx(per_s, rel=0.05)
    clock.now += 6
    assert (0.0, 6.0) == (state.snapshot().fps, state.snapshot().since_result_s)


def test_a_pause_freezes_the_shown_result_while_the_stream_goes_on() -> None:
    """Counters follow the newest result."""
    state, _ = fed(1, 4)
    state.pause(True)
    state.on_result(frame_result(9))
    snapshot = state.snapshot()
    assert snapshot.shown is not None
    assert snapshot.newest is not None
    assert (True, 3, 9) == (snapshot.paused, snapshot.shown.number, snapshot.newest.number)
    state.pause(False)
    assert state.snapshot().shown is state.snapshot().newest


def test_a_pause_needs_a_result_to_show() -> None:
    """Before the first, it has no effect."""
    state = StreamState()
    state.pause(True)
    assert not state.snapshot().paused


def test_an_outage_lasts_from_the_loss_to_the_return() -> None:
    """Further news of it do not begin it anew; counts go on meanwhile, and never back."""
    state, clock = fed(1, 4)
    before = state.snapshot()
    for failed in (1, 2):
        counts = replace(before.counts, captured=before.counts.captured + failed, failed=failed)
        state.on_state(StateChange(State.RECONNECTING, "no such device", 0.0, counts))
        clock.now += 30
        snapshot = state.snapshot()
        assert (30.0 * failed, counts) == (snapshot.outage_s, snapshot.counts)
    state.on_state(change(State.RUNNING, "back"))
    snapshot = state.snapshot()
    assert (0.0, counts) == (snapshot.outage_s, snapshot.counts)


def test_history_is_a_minute_and_thinned_out() -> None:
    """Evenly, oldest first, always with the newest point."""
    state, _ = fed(100, 30)
    points = state.history(max_points=50)
    assert 45 <= len(points) <= 50
    assert (0.0, 2999.0) == (points[-1].at, points[-1].frame_latency_ms)
    assert 55 < points[0].at <= 60
    assert [point.at for point in points] == sorted((point.at for point in points), reverse=True)


def test_memory_is_bounded_by_the_minute() -> None:
    """Also after an hour."""
    state, _ = fed(3600, 1)
    assert 61 == len(state.history(max_points=10_000))


def health_of(state: State | None, since_result_s: float, *, with_details: bool = True) -> tuple[bool, str]:
    """The health of a stream in this state whose last result is so long ago."""
    clock = ManualClock()
    stream = StreamState(clock)
    stream.on_result(frame_result())
    if state is not None:
        stream.on_state(change(state, "no signal from rtsp://ann:pw@cam"))
    clock.now += since_result_s
    health = check_health(stream.snapshot(), with_details=with_details)
    return health.healthy, health.reason


def test_a_reason_may_hold_any_name() -> None:
    """Bytes that are no UTF-8 cannot be sent, and marks of direction would turn a terminal's line around."""
    health = Health(False, "no file n\udcff\u202e.mp4", State.FAILED, 1.0)
    assert r"no file n\udcff\u202e.mp4" == health.to_dict()["reason"]


@pytest.mark.parametrize("state", [None, State.RUNNING, State.RECONNECTING])
def test_a_stream_is_healthy_while_results_come(state: State | None) -> None:
    """A short reconnection does not count."""
    assert (True, "") == health_of(state, 9)


def test_a_stream_without_results_is_unhealthy() -> None:
    """Whatever its state; the reason has no credentials."""
    assert (False, "no result for 11 s, running: no signal from rtsp://cam") == health_of(State.RUNNING, 11)


def test_a_stream_that_failed_or_ended_is_unhealthy_at_once() -> None:
    """Without details, the reason names no address."""
    assert (False, "the stream failed: no signal from rtsp://cam") == health_of(State.FAILED, 0)
    assert (False, "the stream failed") == health_of(State.FAILED, 0, with_details=False)
    assert (False, "the stream has ended") == health_of(State.ENDED, 0, with_details=False)
