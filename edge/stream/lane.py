"""One source of a stream, with what is kept of it from frame to frame."""

from dataclasses import dataclass, field

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.smoothing import SceneCounter, Smoother
from edgebreed.edge.stream.frame_gate import FrameGate, Region, cut
from edgebreed.edge.stream.sources import CapturedFrame, FrameSource
from edgebreed.edge.tracking import FaceTracker


@dataclass(frozen=True)
class StreamOptions:
    """How a source is processed.

    Attributes:
        max_frames: results after which it ends; None for no limit.
        detect_every: frames from one face search to the next; in between, faces stay where they were.
        smooth: whether faces and model outputs are averaged over time.
        region: the part of each frame that is answered; None takes all of it.
        every_s: shortest time between two frames that are answered, in s; None takes all.
        motion: share of the picture that must move for a frame to be answered, in 0..1; None asks for none.
        idle_s: time without motion after which a frame is answered all the same, in s.
    """

    max_frames: int | None = None
    detect_every: int = 1
    smooth: bool = True
    region: Region | None = None
    every_s: float | None = None
    motion: float | None = None
    idle_s: float = 10.0

    def __post_init__(self) -> None:
        if self.detect_every < 1 or (self.max_frames is not None and self.max_frames < 1):
            raise ValueError(f"{self}: detect_every and max_frames must be at least 1")
        if self.region is not None and not _is_part(self.region):
            raise ValueError(f"region {self.region}: give left, top, width and height within 0..1")
        if self.motion is not None and not 0 <= self.motion <= 1:
            raise ValueError(f"motion {self.motion}: give a share of the picture in 0..1")
        if min(self.idle_s, self.every_s or 1) <= 0:
            raise ValueError(f"every_s {self.every_s}, idle_s {self.idle_s}: give times above 0 s")


def _is_part(region: Region) -> bool:
    left, top, width, height = region
    return min(left, top) >= 0 < min(width, height) and max(left + width, top + height) <= 1 + 1e-9


@dataclass(eq=False)  # two sources are never the same one
class Lane:
    """A source on its way through the engine.

    Attributes:
        source: delivers its frames, and counts them.
        options: how they are processed.
        name: what users call it; empty where it is the only one.
        error: what it failed with, apart from others.
        last_frame_error: what the pipeline last failed on a frame of it with.
    """

    source: FrameSource
    options: StreamOptions = field(default_factory=StreamOptions)
    name: str = ""
    error: Exception | None = None
    last_frame_error: Exception | None = None

    def __post_init__(self) -> None:
        self.smoother = Smoother() if self.options.smooth else None
        self.gate = FrameGate(self.options.every_s, self.options.motion, self.options.idle_s)
        self.scenes = SceneCounter()
        self.tracker = FaceTracker(self.options.detect_every, self.options.smooth)

    def admitted(self, captured: CapturedFrame) -> CapturedFrame | None:
        """What is to be answered of a frame; None, which is counted, where that is nothing."""
        captured = cut(captured, self.options.region)
        cause = self.gate.refuses(captured)
        if cause is not None:
            self.source.counters.add_dropped(1, cause)
            return None
        return captured

    def smoothed(self, outputs: ModelOutputs, scene: int, media_s: float) -> ModelOutputs:
        """The model's outputs for the next frame, averaged over time if that is wanted."""
        return outputs if self.smoother is None else self.smoother.smooth(outputs, scene, media_s)

    @property
    def wants_more(self) -> bool:
        """Whether another frame is needed; a file is not read further than `max_frames` results need."""
        counts, limit = self.source.counters.counts, self.options.max_frames
        return limit is None or self.source.live or counts.captured - counts.failed - counts.dropped < limit

    @property
    def is_complete(self) -> bool:
        """Whether it has all results that were asked for."""
        return self.source.counters.counts.processed == self.options.max_frames
