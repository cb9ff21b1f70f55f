"""What a stream did."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from edgebreed.edge.camera.events import Counts, State
from edgebreed.edge.percentile import summary

REMEMBERED_AGES = 65536  # a stream runs for months; its memory must not grow


@dataclass
class StreamSummary:
    """What a stream did.

    Attributes:
        source: what was read, without credentials.
        backend: what read it.
        engine: what ran.
        state: ended or failed.
        reason: why it came to that.
        counts: where the frames went.
        seconds: from the start to the last answer.
        ages_ms: time from capture to answer of the newest answers, in ms.
        errors: what the stream or its sinks failed with.
        fault: what the pipeline last failed on a frame with; empty where it never did.
    """

    source: str
    backend: str
    engine: str
    state: State = State.RUNNING
    reason: str = ""
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    ages_ms: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED_AGES))
    errors: list[Exception] = field(default_factory=list)
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        counts = self.counts
        return {
            "source": self.source,
            "backend": self.backend,
            "engine": self.engine,
            "state": self.state.value,
            "reason": self.reason,
            "frames": {
                "read": counts.captured,
                "processed": counts.processed,
                "dropped": counts.dropped,
                "failed": counts.failed,
            },
            "fps": counts.processed / self.seconds if self.seconds else 0.0,
            "age_ms": summary(tuple(self.ages_ms), (50, 99)),
            "reconnects": counts.reconnects,
        }
