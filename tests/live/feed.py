"""Results and changes of state, made without a stream."""

import time
from typing import Any

from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Kind, Prediction, Result
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, State, StateChange

from ..conftest import RED, plain

TOP = (Prediction("square", 0.9), Prediction("star", 0.06), Prediction("disc", 0.04))


def result(number: int = 0, label: str = "square", **changes: Any) -> Result:
    """A known class, in 40 ms."""
    top = (Prediction(label, 0.9), *TOP[1:])
    fields: dict[str, Any] = {
        "kind": Kind.KNOWN,
        "top": top,
        "summary": f"shape: {label} (90%)",
        "stages_ms": {"detect": 10.0, "inference": 30.0},
    }
    return Result(f"camera 0#{number}", **{**fields, **changes})


def frame_result(
    number: int = 0, frame: Frame | None = None, of: Result | None = None, latency_ms: float = 60.0
) -> FrameResult:
    """A frame and its result; every second frame was dropped."""
    counts = FrameCounts(captured=2 * number + 1, processed=number + 1, dropped=number)
    picture = plain(RED, 64, 48) if frame is None else frame
    return FrameResult(picture, of or result(number), number, time.time(), number / 25, latency_ms, counts)


def change(state: State, reason: str = "") -> StateChange:
    """A change of state, now."""
    return StateChange(state, reason, time.time())


class ManualClock:
    """A clock that is set by hand, in s."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time in s."""
        return self.now
