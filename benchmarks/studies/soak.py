"""Does a stream stay up to date, and its memory flat, while the camera is faster than the pipeline?

    python -m edgebreed.benchmarks.studies.soak [--minutes 5] [--json]

The camera delivers 30 frames a second of 640x480. The stages sleep instead of working, the slower one for
100 ms, so that only the hand-over between them is measured. The exit code is 1 where a bound is missed.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.detectors import Detection
from edgebreed.edge.engines import FixedEngine, ModelOutputs
from edgebreed.edge.images import Frame
from edgebreed.edge.manifest import Manifest, Precision
from edgebreed.edge.percentile import percentile
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.preprocess import InputSpec
from edgebreed.edge.stream import (
    FrameResult,
    ReconnectingSource,
    ScriptedCapture,
    StateChange,
    StreamSummary,
    run_stream,
)
from edgebreed.edge.task import Rejection, RejectionScore, Task

CAMERA_FPS = 30.0
DETECT_S, CLASSIFY_S = 0.04, 0.1
WIDTH, HEIGHT = 640, 480
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class SoakBounds:
    """Bounds that the stream must hold.

    Attributes:
        age_in_frame_times: p99 of the time from capture to result, in times of the slower stage.
        memory_growth: change of the resident memory from the second minute to the last, as a share.
        throughput: frames per second as a share of what the slower stage alone allows.
    """

    age_in_frame_times: float = 2.0
    memory_growth: float = 0.02
    throughput: float = 0.95


class SleepingStages:
    """A detector and an engine that sleep for a fixed time and use no processor."""

    name = "sleeping"

    def __init__(self, detect_s: float = DETECT_S, classify_s: float = CLASSIFY_S) -> None:
        self._detect_s, self._classify_s = detect_s, classify_s
        self._fixed = FixedEngine(np.array([0.6, 0.4], np.float32))

    def detect(self, frame: Frame) -> list[Detection]:
        """Sleeps and returns one box."""
        time.sleep(self._detect_s)
        return [Detection((frame.shape[1] // 4, frame.shape[0] // 4, 80, 80))]

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """Sleeps and returns the same outputs every time."""
        time.sleep(self._classify_s)
        return self._fixed.run(batch)


class MemoryLog:
    """A sink that records the process's resident memory at each result, in bytes."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.readings: list[tuple[float, int]] = []

    def on_result(self, result: FrameResult) -> None:
        """Records the memory; the result does not matter."""
        del result
        self.readings.append((time.monotonic() - self.start, resident_bytes()))

    def on_state(self, change: StateChange) -> None:
        """Ignores the stream's state."""

    def close(self) -> None:
        """Nothing to free."""

    def median(self, since: float, until: float) -> float:
        """The median reading between two times in s."""
        return percentile([size for at, size in self.readings if since <= at < until], 50)


def resident_bytes() -> int:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES


def camera_script(seconds: float) -> Iterator[Frame | float]:
    """A script of pauses in s and `(480, 640, 3) uint8 BGR` noise at the camera's rate."""
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    start, number = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        yield max(0.0, start + number / CAMERA_FPS - time.monotonic())
        yield np.roll(noise, number, axis=1)
        number += 1
    yield 3600.0  # the camera hangs until the stream is stopped


def manifest() -> Manifest:
    """The manifest of a model that does not exist."""
    return Manifest(
        name="sleeping",
        arch="none",
        classes=("a", "b"),
        labels=("A", "B"),
        input=InputSpec(224, 224),
        precision=Precision.FP32,
        rejection=Rejection(RejectionScore.MAX_PROBABILITY, 0.5, 0.95),
        task=Task.of("thing", people=True),
        accuracy=None,
        calibration=None,
        tolerance=0.01,
        source_sha256="0" * 64,
        created="2026-11-24",
        golden=(),
    )


def run_soak(seconds: float) -> tuple[StreamSummary, MemoryLog]:
    """Streams the camera for so long."""
    stages, memory = SleepingStages(), MemoryLog()
    source = ReconnectingSource(lambda: ScriptedCapture(camera_script(seconds + 5), CAMERA_FPS), "soak")
    end = time.monotonic() + seconds
    summary = run_stream(
        source,
        Pipeline(stages, manifest(), stages, FaceSearch.ALWAYS),
        [memory],
        stop=lambda: time.monotonic() >= end,
    )
    return summary, memory


def soak_figures(
    summary: StreamSummary, memory: MemoryLog, seconds: float, bounds: SoakBounds
) -> dict[str, Any]:
    """The figures, and which bounds were held.

    A run of under three minutes compares the memory of its second third with that of its last.
    """
    minute = min(60.0, seconds / 3)
    second, last = memory.median(minute, 2 * minute), memory.median(seconds - minute, seconds)
    age = percentile(list(summary.frame_latencies_ms), 99) / (CLASSIFY_S * 1e3)
    data = summary.to_dict()
    shares = {
        "age_p99_in_frame_times": age,
        "memory_growth": last / second - 1,
        "throughput": data["fps"] * CLASSIFY_S,
    }
    counts = summary.counts
    held = {
        "age": age <= bounds.age_in_frame_times,
        "memory": abs(shares["memory_growth"]) <= bounds.memory_growth,
        "throughput": shares["throughput"] >= bounds.throughput,
        "accounts": counts.captured == counts.processed + counts.dropped + counts.failed,
    }
    return {**data, "seconds": seconds, "resident_mb": [second / 1e6, last / 1e6], **shares, "held": held}


def main() -> int:
    """Runs and prints; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="duration; 5 by default")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args()
    seconds = options.minutes * 60
    summary, memory = run_soak(seconds)
    figures = soak_figures(summary, memory, seconds, SoakBounds())
    if options.json:
        publish("soak", summary.counts.processed, figures)
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    return int(not all(figures["held"].values()))


if __name__ == "__main__":
    sys.exit(main())
