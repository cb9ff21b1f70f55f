"""Whether a stream is well."""

import pytest

from edgebreed.edge.camera.events import State
from edgebreed.live.health import health
from edgebreed.live.latest import Latest

from .feed import Clock, answered, change


def told(state: State | None, silence_s: float, *, with_reason: bool = True) -> tuple[bool, str]:
    """What is said of a stream in this state whose last answer is so long ago."""
    clock = Clock()
    latest = Latest(clock)
    latest.answered(answered())
    if state is not None:
        latest.changed(change(state, "no signal from rtsp://ann:pw@cam"))
    clock.now += silence_s
    judged = health(latest.view(), with_reason=with_reason)
    return judged.well, judged.why


@pytest.mark.parametrize("state", [None, State.RUNNING, State.RECONNECTING])
def test_it_is_well_while_answers_come(state: State | None) -> None:
    """A short reconnection is no illness."""
    assert (True, "") == told(state, 9)


def test_it_is_not_well_without_answers() -> None:
    """Whatever it says of itself."""
    assert (False, "no answer for 11 s, running: no signal from rtsp://cam") == told(State.RUNNING, 11)


def test_it_is_not_well_once_it_failed_or_ended() -> None:
    """At once; strangers are not told the reason."""
    assert (False, "the stream failed: no signal from rtsp://cam") == told(State.FAILED, 0)
    assert (False, "the stream failed") == told(State.FAILED, 0, with_reason=False)
    assert (False, "the stream has ended") == told(State.ENDED, 0, with_reason=False)
