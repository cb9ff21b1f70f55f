"""One source of a stream, with what is kept of it from frame to frame."""

from dataclasses import dataclass, field

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.smoothing import SceneCounter, Smoother
from edgebreed.edge.stream.sources import FrameSource
from edgebreed.edge.tracking import FaceTracker


@dataclass(frozen=True)
class StreamOptions:
    """How a source is processed.

    Attributes:
        max_frames: results after which it ends; None for no limit.
        detect_every: frames from one face search to the next; in between, faces stay where they were.
        smooth: whether faces and model outputs are averaged over time.
    """

    max_frames: int | None = None
    detect_every: int = 1
    smooth: bool = True

    def __post_init__(self) -> None:
        if self.detect_every < 1 or (self.max_frames is not None and self.max_frames < 1):
            raise ValueError(f"{self}: detect_every and max_frames must be at least 1")


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
        self.scenes = SceneCounter()
        self.tracker = FaceTracker(self.options.detect_every, self.options.smooth)

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
