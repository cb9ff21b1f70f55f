"""Answers a camera or a video, frame by frame."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edgebreed.edge.images import Frame
from edgebreed.edge.percentile import summary
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.result import Result
from edgebreed.edge.sources import FrameSource

Sink = Callable[[Frame, Result], None]
"""Takes each `(H, W, 3) uint8 BGR` frame with its answer."""


@dataclass
class StreamSummary:
    """What a stream did.

    Attributes:
        source: what was read.
        engine: what ran.
        ages_ms: time from each frame's capture to its answer, in ms.
        seconds: from the first frame to the last answer.
        read: frames that the source delivered.
        dropped: frames that a newer one replaced.
        reconnects: how often the source was opened again.
    """

    source: str
    engine: str
    ages_ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    read: int = 0
    dropped: int = 0
    reconnects: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        processed = len(self.ages_ms)
        return {
            "source": self.source,
            "engine": self.engine,
            "frames": {"read": self.read, "processed": processed, "dropped": self.dropped},
            "fps": processed / self.seconds if self.seconds else 0.0,
            "age_ms": summary(self.ages_ms, (50, 99)),
            "reconnects": self.reconnects,
        }


def run_stream(
    source: FrameSource,
    pipeline: Pipeline,
    sinks: list[Sink],
    max_frames: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> StreamSummary:
    """Answers frames until the source ends, `max_frames` are done, or `stop` says so."""
    done = StreamSummary(source.name, pipeline.engine.name)
    start = time.monotonic()
    for captured in source.frames():
        if stop():
            break
        result = pipeline.process(captured.frame, f"{source.name}#{len(done.ages_ms)}")
        done.ages_ms.append((time.monotonic() - captured.at) * 1e3)
        for sink in sinks:
            sink(captured.frame, result)
        if max_frames and len(done.ages_ms) >= max_frames:
            break
    done.seconds = time.monotonic() - start
    done.read, done.dropped = source.read, source.dropped
    return done
