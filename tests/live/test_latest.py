"""The newest answer and a minute of history."""

import pytest

from edgebreed.edge.camera.events import State
from edgebreed.live.latest import Latest

from .feed import Clock, answered, change


def fed(seconds: float, per_s: float) -> tuple[Latest, Clock]:
    """One that was fed evenly."""
    clock = Clock()
    latest = Latest(clock)
    for number in range(round(seconds * per_s)):
        clock.now += 1 / per_s
        latest.answered(answered(number, age_ms=float(number)))
    return latest, clock


def test_the_newest_answer_is_shown() -> None:
    """And the state that came last."""
    latest, _ = fed(1, 4)
    latest.changed(change(State.RECONNECTING, "gone"))
    view = latest.view()
    assert view.shown is not None
    assert 3 == view.shown.number
    assert view.change is not None
    assert State.RECONNECTING is view.change.state


def test_before_the_first_answer_there_is_nothing() -> None:
    """But the time that has passed."""
    clock = Clock()
    latest = Latest(clock)
    clock.now += 3
    view = latest.view()
    assert (None, None, 0.0, 3.0) == (view.shown, view.change, view.fps, view.silence_s)


@pytest.mark.parametrize("per_s", [2.0, 30.0])
def test_the_rate_is_that_of_the_last_seconds(per_s: float) -> None:
    """And falls to nothing once answers stay away."""
    latest, clock = fed(20, per_s)
    assert latest.view().fps == pytest.approx(per_s, rel=0.05)
    clock.now += 6
    assert (0.0, 6.0) == (latest.view().fps, latest.view().silence_s)


def test_a_held_answer_stays_while_the_stream_goes_on() -> None:
    """Viewers see the held one; counters follow the newest."""
    latest, _ = fed(1, 4)
    latest.hold(True)
    latest.answered(answered(9))
    view = latest.view()
    assert view.shown is not None
    assert view.newest is not None
    assert (True, 3, 9) == (view.held, view.shown.number, view.newest.number)
    latest.hold(False)
    assert latest.view().shown is latest.view().newest


def test_nothing_can_be_held_before_the_first_answer() -> None:
    """Holding nothing is not holding."""
    latest = Latest()
    latest.hold(True)
    assert not latest.view().held


def test_history_is_a_minute_and_thinned_out() -> None:
    """Evenly, oldest first, and the newest point is always there."""
    latest, _ = fed(100, 30)
    points = latest.history(points=50)
    assert 45 <= len(points) <= 50
    assert (0.0, 2999.0) == (points[-1].at, points[-1].age_ms)
    assert 55 < points[0].at <= 60
    assert [point.at for point in points] == sorted((point.at for point in points), reverse=True)


def test_memory_is_bounded_by_the_minute() -> None:
    """An hour leaves no more than a minute."""
    latest, _ = fed(3600, 1)
    assert 61 == len(latest.history(points=10_000))
