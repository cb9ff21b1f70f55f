"""What a stream reports: results of frames and changes of state, and their one JSON form.

The events file, MQTT and the live page all send `FrameResult.to_dict()` and `StateChange.to_dict()`, so a
consumer that reads one of them reads all. Both carry `schema` and `event`; a sink may add keys of its own.
"""

from dataclasses import dataclass, field
from typing import Any

from edgebreed.edge.images import Frame
from edgebreed.edge.prediction import Result
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.redaction import redact
from edgebreed.str_enum import StrEnum

EVENT_SCHEMA = 1
"""Grows when a key is removed or changes its meaning; new keys leave it as it is."""


class State(StrEnum):
    """The state of a stream."""

    STARTING = "starting"
    RUNNING = "running"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True)
class StateChange:
    """A transition of a stream into another state, or news of an outage that goes on.

    Attributes:
        state: the new state.
        reason: one line that explains it, without credentials.
        at: Unix time, in s.
        counts: frame counts of the source so far.
        name: what users call the source; empty where it is the only one.
    """

    state: State
    reason: str
    at: float
    counts: FrameCounts = field(default_factory=FrameCounts)
    name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The event as plain JSON types, without credentials."""
        return {
            "schema": EVENT_SCHEMA,
            "event": "state",
            **({"name": self.name} if self.name else {}),
            "state": self.state.value,
            "reason": redact(self.reason),
            "at": self.at,
            "counts": self.counts.to_dict(),
        }


@dataclass(frozen=True)
class FrameResult:
    """A frame and its classification result.

    Attributes:
        frame: `(H, W, 3) uint8 BGR`, as captured; sinks that draw into it must copy it.
        result: what the pipeline returned.
        number: index of the frame in its source, from 0.
        captured_at: Unix time of the capture, in s.
        media_s: time on the source's own clock, in s: the position in a video file or in a folder's images,
            else of a steady clock.
        frame_latency_ms: time from capture to result, in ms.
        counts: frame counts of the source so far.
        name: what users call the source; empty where it is the only one.
    """

    frame: Frame
    result: Result
    number: int
    captured_at: float
    media_s: float
    frame_latency_ms: float
    counts: FrameCounts
    name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The event as plain JSON types, without credentials; `size` is width and height in px."""
        number = f"#{self.number}"
        name = redact(self.result.source.removesuffix(number))
        return {
            "schema": EVENT_SCHEMA,
            "event": "result",
            **({"name": self.name} if self.name else {}),
            **self.result.to_dict(),
            "source": f"{name}{number}" if self.result.source.endswith(number) else name,
            "number": self.number,
            "captured_at": self.captured_at,
            "media_s": self.media_s,
            "frame_latency_ms": self.frame_latency_ms,
            "counts": self.counts.to_dict(),
            "size": [self.frame.shape[1], self.frame.shape[0]],
        }
