"""The JSON form of results and changes of state."""

import json
from dataclasses import replace

from edgebreed.edge.prediction import Kind, Prediction, Result
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import EVENT_SCHEMA, FrameResult, State, StateChange

from ...conftest import RED, plain

RESULT = Result("rtsp://ann:s3cret@cam/1#7", Kind.KNOWN, (Prediction("square", 0.9),), "square (90%)")


def test_a_result_event_holds_the_result_the_frame_and_the_counts() -> None:
    """All keys of `predict --json`, and those of a stream; the source has no credentials."""
    result = FrameResult(plain(RED, 64, 48), RESULT, 7, 12.5, 0.28, 31.0, FrameCounts(9, 8, 1))
    event = json.loads(json.dumps(result.to_dict()))
    assert {
        **RESULT.to_dict(),
        "schema": EVENT_SCHEMA,
        "event": "result",
        "source": "rtsp://cam/1#7",
        "number": 7,
        "captured_at": 12.5,
        "media_s": 0.28,
        "frame_latency_ms": 31.0,
        "counts": FrameCounts(9, 8, 1).to_dict(),
        "size": [64, 48],
    } == event


def test_a_state_event_holds_state_reason_time_and_counts() -> None:
    """The reason has no credentials."""
    counts = FrameCounts(9, 8, 1, reconnect_attempts=4)
    change = StateChange(State.RECONNECTING, "rtsp://ann:s3cret@cam/1 is silent", 12.5, counts)
    assert {
        "schema": EVENT_SCHEMA,
        "event": "state",
        "state": "reconnecting",
        "reason": "rtsp://cam/1 is silent",
        "at": 12.5,
        "counts": {
            "captured": 9,
            "processed": 8,
            "dropped": 1,
            "failed": 0,
            "reconnects": 0,
            "reconnect_attempts": 4,
            "newer": 0,
            "gated": 0,
            "paused": 0,
            "ended": 0,
        },
    } == json.loads(json.dumps(change.to_dict()))


def test_a_source_keeps_its_frame_number() -> None:
    """Behind what is hidden, too; a `#` of its own is not one."""
    for name, shown in (("http://cam/v?key=s3cret#7", "http://cam/v?key=***#7"), ("a#b.jpg", "a#b.jpg")):
        result = replace(RESULT, source=name)
        event = FrameResult(plain(RED), result, 7, 12.5, 0.28, 31.0, FrameCounts()).to_dict()
        assert shown == event["source"]
