"""What is reported of an outage, and when a source is given up."""

import pytest

from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.outage import Outage, ReconnectSettings
from edgebreed.errors import SourceError

Told = list[tuple[State, str]]


def outage(settings: ReconnectSettings) -> tuple[Outage, Told]:
    """An outage that begins now, and what it reports."""
    told: Told = []
    return Outage("cam", "3 reads failed", settings, lambda *state: told.append(state)), told


def test_failed_attempts_are_reported_with_their_reason_and_the_time_lost() -> None:
    """After the loss itself."""
    lost, told = outage(ReconnectSettings(report_every_s=0.0))
    lost.attempt_failed("no such device")
    assert [
        (State.RECONNECTING, "3 reads failed"),
        (State.RECONNECTING, "lost for 0 s: no such device"),
    ] == told


def test_reports_of_attempts_are_limited_in_rate() -> None:
    """An outage of a night must not fill a log."""
    lost, told = outage(ReconnectSettings(report_every_s=60.0))
    for _ in range(1000):
        lost.attempt_failed("no such device")
    assert [(State.RECONNECTING, "3 reads failed")] == told


def test_waits_end_when_the_source_is_given_up() -> None:
    """With the reason of the last attempt; without a limit they stay as they are."""
    lost, _ = outage(ReconnectSettings(give_up_s=30.0))
    assert (5.0, True) == (lost.limited(5.0), 29 < lost.limited(60.0) <= 30)
    late, _ = outage(ReconnectSettings(give_up_s=0.0))
    late.attempt_failed("no such device")
    with pytest.raises(SourceError, match="cam was lost and did not come back in 0 s: no such device"):
        late.limited(5.0)
    assert 60.0 == outage(ReconnectSettings())[0].limited(60.0)


def test_a_driver_that_hangs_for_too_long_fails_the_source() -> None:
    """The error says that only a new process helps; one that hung before the outage has its time."""
    lost, _ = outage(ReconnectSettings(hung_limit_s=0.0))
    with pytest.raises(SourceError, match=r"driver of cam has hung for 99 s.*: restart edgebreed"):
        lost.refuse_hung(99.0)
    fresh, _ = outage(ReconnectSettings(hung_limit_s=60.0))
    fresh.refuse_hung(99.0)
