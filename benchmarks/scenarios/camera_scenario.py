"""Frames at a fixed rate, whether or not the last one is answered: what a live camera does.

The runtime answers the newest frame that has come; older ones are dropped, as `stream` does it. The
latency of a frame is its age at the answer, from its arrival on. Frames lie ready in memory, so reading
and decoding by a camera's driver are not in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.benchmarks.scenarios.input_images import camera_frames
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.scenarios.warm_up import MIN_SECONDS, warm_up
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup
from edgebreed.edge.images import Frame

NAME = "camera"
PERCENTILE = 90
RATE = 30.0  # frames per second
SLACK = 1e-9  # of a frame: a clock that was waited for may be a rounding short
MOST_PHOTOS = 32  # 2.8 MB a frame


@dataclass(frozen=True)
class CameraRun:
    """What happened to the frames.

    Attributes:
        recording: of the answered ones.
        rate: frames per second that arrived.
        arrived: frames that came.
    """

    recording: Recording
    rate: float
    arrived: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        processed = len(self.recording.samples)
        return {
            "rate": self.rate,
            "frames": {
                "arrived": self.arrived,
                "processed": processed,
                "dropped": self.arrived - processed,
            },
        }


@dataclass(frozen=True)
class Camera:
    """A camera that is about to deliver, and a subject that is warm.

    Attributes:
        subject: answers.
        frames: `(720, 1280, 3) uint8 BGR` each, again and again.
        warmup: what the subject has done before.
    """

    subject: Subject
    frames: Sequence[Frame]
    warmup: Warmup

    @classmethod
    def ready(
        cls, subject: Subject, photos: Sequence[Path], least: float = MIN_SECONDS, clock: Clock | None = None
    ) -> Self:
        """Reads the photos and warms the subject up for at least so many seconds."""
        frames = camera_frames(photos[:MOST_PHOTOS])
        warmup = warm_up(lambda number: subject.answer_frame(frames[number]), len(frames), clock, least)
        return cls(subject, frames, warmup)


def watch(camera: Camera, rate: float, seconds: float, clock: Clock | None = None) -> CameraRun:
    """Lets frames arrive for some seconds and answers the newest each time.

    There is no reference beside the samples: it would make the next frame wait.
    """
    clock, subject, frames = clock or SystemClock(), camera.subject, camera.frames
    start, taken = clock.now(), -1
    samples: list[Sample] = []
    while (now := clock.now() - start) < seconds:
        newest = int(now * rate + SLACK)
        if newest == taken:
            clock.sleep(max(0.0, (taken + 1) / rate - now))
            continue
        taken, query = newest, newest % len(frames)
        stages = subject.answer_frame(frames[query])
        end = clock.now() - start
        stages = {"wait": (now - newest / rate) * 1e3, **stages}
        samples.append(Sample(query, now, (end - newest / rate) * 1e3, 0.0, stages))
    elapsed = clock.now() - start
    return CameraRun(Recording(tuple(samples), camera.warmup, elapsed_s=elapsed), rate, taken + 1)
