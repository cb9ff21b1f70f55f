"""What the page is told, as plain JSON types."""

from typing import Any

from edgebreed.edge.camera.address import redact
from edgebreed.edge.camera.events import Answered
from edgebreed.live.latest import Point, View


def message(view: View) -> dict[str, Any]:
    """The stream's standing and the answer that viewers are shown."""
    counts = view.newest.counts if view.newest else None
    return {
        "state": state_word(view),
        "reason": reason(view),
        "held": view.held,
        "fps": round(view.fps, 2),
        "silence_s": round(view.silence_s, 2),
        "counts": counts and counts.to_dict(),
        "answer": view.shown and answer(view.shown),
    }


def answer(answered: Answered) -> dict[str, Any]:
    """An answer with its frame's number, time (Unix, in s), age (ms) and size (px)."""
    result = answered.result
    return {
        **result.to_dict(),
        "source": redact(result.source),
        "number": answered.number,
        "captured_at": answered.captured_at,
        "age_ms": answered.age_ms,
        "latency_ms": sum(result.stages_ms.values()),
        "size": [answered.frame.shape[1], answered.frame.shape[0]],
    }


def history(points: list[Point]) -> list[list[float]]:
    """Rows of s before now, age in ms and latency in ms."""
    return [[round(value, 2) for value in point] for point in points]


def state_word(view: View) -> str:
    """The state in a word; `starting` before the stream told any."""
    if view.change is None:
        return "running" if view.newest else "starting"
    return view.change.state.value


def reason(view: View) -> str:
    """Why the stream is in its state, without credentials."""
    return redact(view.change.reason) if view.change else ""
