"""The camera scenario: frames arrive at a fixed rate, whether or not the last one is done.

The runtime processes the newest frame and drops older ones, as `edgebreed stream` does. The latency of a
frame runs from its arrival to its result. Frames lie decoded in memory, so what a camera's driver needs to
read and decode one is not in it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.benchmarks.scenarios.input_images import camera_frames
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import MIN_WARM_UP_S, warm_up
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup
from edgebreed.edge.images import Frame

NAME = "camera"
PERCENTILE = 90
RATE = 30.0  # frames per second
ROUNDING = 1e-9  # of a frame: a sleep until a frame's arrival may end a rounding error before it
MAX_IMAGES = 32  # 2.8 MB a frame


@dataclass(frozen=True)
class ArrivalCounts:
    """What happened to the frames; `arrived == processed + dropped`.

    Attributes:
        arrived: frames that the camera delivered.
        processed: frames with a result.
        dropped: frames that a newer one replaced.
    """

    arrived: int
    processed: int
    dropped: int

    def to_dict(self) -> dict[str, int]:
        """Plain JSON types."""
        return asdict(self)


@dataclass(frozen=True)
class CameraRun:
    """A measurement of the camera scenario.

    Attributes:
        recording: samples of the processed frames.
        rate: frames per second that arrived.
        arrived: number of frames that arrived.
    """

    recording: Recording
    rate: float
    arrived: int

    @property
    def frames(self) -> ArrivalCounts:
        """What happened to the frames."""
        processed = len(self.recording.samples)
        return ArrivalCounts(self.arrived, processed, self.arrived - processed)


@dataclass(frozen=True)
class CameraFeed:
    """Frames that are ready to arrive, and the warm system that will process them.

    Attributes:
        system: processes the frames.
        frames: `(720, 1280, 3) uint8 BGR` each, repeated as long as the measurement lasts.
        warmup: of the system.
    """

    system: SystemUnderTest
    frames: Sequence[Frame]
    warmup: Warmup

    @classmethod
    def prepare(
        cls,
        system: SystemUnderTest,
        images: Sequence[Path],
        warm_up_s: float = MIN_WARM_UP_S,
        clock: Clock | None = None,
    ) -> "CameraFeed":
        """Reads the image files and warms the system up for at least so many seconds."""
        frames = camera_frames(images[:MAX_IMAGES], limits=system.pipeline.limits)
        warmup = warm_up(lambda number: system.process_frame(frames[number]), len(frames), clock, warm_up_s)
        return cls(system, frames, warmup)

    def run(self, rate: float, seconds: float, clock: Clock | None = None) -> CameraRun:
        """Lets frames arrive for some seconds and always processes the newest.

        No reference inference runs beside the samples: it would make the next frame wait.
        """
        clock = clock or SystemClock()
        start, taken = clock.now(), -1
        samples: list[Sample] = []
        while (now := clock.now() - start) < seconds:
            newest = int(now * rate + ROUNDING)
            if newest == taken:
                clock.sleep(max(0.0, (taken + 1) / rate - now))
                continue
            taken, query = newest, newest % len(self.frames)
            stages = self.system.process_frame(self.frames[query])
            end = clock.now() - start
            stages = {"wait": (now - newest / rate) * 1e3, **stages}
            samples.append(Sample(query, now, (end - newest / rate) * 1e3, 0.0, stages))
        elapsed = clock.now() - start
        return CameraRun(Recording(tuple(samples), self.warmup, elapsed_s=elapsed), rate, taken + 1)
