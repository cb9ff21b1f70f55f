"""A group of sinks."""

import logging

import pytest

from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.sinks import SinkGroup, StateListener

from ...conftest import RED, plain
from .test_events import RESULT


class CollectingSink:
    """A sink that keeps what it receives."""

    def __init__(self) -> None:
        self.results: list[FrameResult] = []
        self.states: list[StateChange] = []
        self.closed = 0

    def on_result(self, result: FrameResult) -> None:
        """Keeps it."""
        self.results.append(result)

    def on_state(self, change: StateChange) -> None:
        """Keeps it."""
        self.states.append(change)

    def close(self) -> None:
        """Counts the call."""
        self.closed += 1


class FailingSink(CollectingSink):
    """A sink whose disk is full."""

    def on_result(self, result: FrameResult) -> None:
        """Fails."""
        raise OSError("disk full")


def frame_result() -> FrameResult:
    """Any result."""
    return FrameResult(plain(RED), RESULT, 0, 0.0, 0.0, 1.0, FrameCounts(1, 1))


def test_a_sink_that_raises_is_dropped_and_the_others_go_on() -> None:
    """They receive the fault as the reason of a state; all are closed."""
    good, bad = CollectingSink(), FailingSink()
    group = SinkGroup([bad, good])
    group.on_state(StateChange(State.RUNNING, "opened", 0.0))
    for _ in range(3):
        group.on_result(frame_result())
    group.close()
    assert (3, ["disk full"]) == (len(good.results), [str(error) for error in group.errors])
    assert ["opened", "an output failed: disk full"] == [change.reason for change in good.states]
    assert (False, 1, 1) == (group.all_failed, good.closed, bad.closed)


def test_all_failed_needs_a_sink_to_begin_with() -> None:
    """A stream without sinks runs to its end."""
    empty, failing = SinkGroup([]), SinkGroup([FailingSink()])
    for group in (empty, failing):
        group.on_result(frame_result())
    assert (False, True) == (empty.all_failed, failing.all_failed)


class Listener(StateListener, CollectingSink):
    """A sink that takes states alone."""


def test_a_listener_keeps_no_stream_running() -> None:
    """Where every output has failed, a stream has nothing left to run for."""
    group, listening = SinkGroup([Listener(), FailingSink()]), SinkGroup([Listener()])
    for each in (group, listening):
        each.on_result(frame_result())
    assert (True, False) == (group.all_failed, listening.all_failed)


def test_only_an_output_that_others_outlive_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The failure of the last one ends the stream, which its caller reports."""
    with caplog.at_level(logging.DEBUG, "edgebreed.edge.stream"):
        SinkGroup([FailingSink(), CollectingSink()]).on_result(frame_result())
        SinkGroup([FailingSink(), Listener()]).on_result(frame_result())
    assert ["starting: an output failed: disk full"] == [record.getMessage() for record in caplog.records]


def test_states_are_logged_without_credentials(caplog: pytest.LogCaptureFixture) -> None:
    """A lost source as a warning, a running one as information; the end is the caller's to report."""
    group = SinkGroup([])
    with caplog.at_level(logging.INFO, "edgebreed.edge.stream"):
        group.on_state(StateChange(State.RUNNING, "camera 0", 0.0))
        group.on_state(StateChange(State.RECONNECTING, "rtsp://ann:s3cret@cam is silent", 0.0))
        group.on_state(StateChange(State.ENDED, "stopped", 0.0))
    assert [(logging.INFO, "running: camera 0"), (logging.WARNING, "reconnecting: rtsp://cam is silent")] == [
        (record.levelno, record.getMessage()) for record in caplog.records
    ]
