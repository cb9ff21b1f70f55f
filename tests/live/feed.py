"""A stream that is not there: answers made of thin air."""

import time
from typing import Any

from edgebreed.edge.camera.events import Answered, Counts, State, StateChange
from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Kind, Prediction, Result

from ..conftest import RED, plain

TOP = (Prediction("Dalmatian", 0.9), Prediction("Great Dane", 0.06), Prediction("Greyhound", 0.04))


def result(number: int = 0, label: str = "Dalmatian", **changes: Any) -> Result:
    """An answer: a dog, in 40 ms."""
    top = (Prediction(label, 0.9), *TOP[1:])
    fields: dict[str, Any] = {
        "kind": Kind.KNOWN,
        "top": top,
        "summary": f"dog: {label} (90%)",
        "stages_ms": {"detect": 10.0, "inference": 30.0},
    }
    return Result(f"camera 0#{number}", **{**fields, **changes})


def answered(
    number: int = 0, frame: Frame | None = None, answer: Result | None = None, age_ms: float = 60.0
) -> Answered:
    """A frame with its answer; every second frame was dropped."""
    counts = Counts(captured=2 * number + 1, processed=number + 1, dropped=number)
    picture = plain(RED, 64, 48) if frame is None else frame
    return Answered(picture, answer or result(number), number, time.time(), age_ms, counts)


def change(state: State, reason: str = "") -> StateChange:
    """A change of state, now."""
    return StateChange(state, reason, time.time())


class Clock:
    """A clock that is set by hand, in s."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now
