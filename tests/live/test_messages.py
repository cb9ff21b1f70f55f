"""What the page is told."""

import json

from edgebreed.edge.camera.events import State
from edgebreed.edge.prediction import Kind
from edgebreed.live.latest import Latest
from edgebreed.live.messages import history, message

from .feed import Clock, answered, change, result


def test_a_message_holds_standing_and_answer() -> None:
    """In plain JSON types."""
    latest = Latest(Clock())
    latest.changed(change(State.RUNNING, "opened"))
    latest.answered(answered(3, answer=result(3, faces=((1, 2, 3, 4),))))
    told = json.loads(json.dumps(message(latest.view())))
    assert ("running", "opened", False) == (told["state"], told["reason"], told["held"])
    assert {"captured": 7, "processed": 4, "dropped": 3, "failed": 0, "reconnects": 0} == told["counts"]
    answer = told["answer"]
    assert ("known", "Dalmatian", [[1, 2, 3, 4]]) == (answer["kind"], answer["label"], answer["faces"])
    assert (40.0, 60.0, [64, 48]) == (answer["latency_ms"], answer["age_ms"], answer["size"])


def test_before_anything_came() -> None:
    """It is starting."""
    told = message(Latest().view())
    assert ("starting", None, None) == (told["state"], told["counts"], told["answer"])


def test_credentials_do_not_come_along() -> None:
    """Neither in the reason nor in the source."""
    latest = Latest()
    latest.changed(change(State.RECONNECTING, "rtsp://ann:secret@cam/1 is silent"))
    answer = result(kind=Kind.UNKNOWN)
    object.__setattr__(answer, "source", "rtsp://ann:secret@cam/1#7")
    latest.answered(answered(answer=answer))
    told = json.dumps(message(latest.view()))
    assert "rtsp://cam/1 is silent" in told
    assert "secret" not in told


def test_history_is_rows_of_numbers() -> None:
    """Seconds ago, age, latency."""
    clock = Clock()
    latest = Latest(clock)
    latest.answered(answered(age_ms=61.0))
    clock.now += 2
    assert [[2.0, 61.0, 40.0]] == history(latest.history())
