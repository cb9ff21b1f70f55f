"""A camera that is faster than its pipeline, for minutes: do answers stay young and memory flat?

    python -m edgebreed.benchmarks.soak [--minutes 5] [--json]

The camera gives 30 frames a second of 640x480. The stages sleep instead of working, 100 ms the slower one,
so that what is measured is the hand-over between them and nothing else. Exit code 1 where a bound is missed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Bounds:
    """What a stream must hold.

    Attributes:
        age_in_frame_times: p99 of the age, in times of the slower stage.
        memory_growth: resident memory of the last minute against that of the second, as a share.
        throughput: answers per second against what the slower stage alone allows, as a share.
    """

    age_in_frame_times: float = 2.0
    memory_growth: float = 0.02
    throughput: float = 0.95


class Sleeping:
    """A detector and an engine that take their time and no processor."""

    name = "sleeping"

    def __init__(self, detect_s: float = DETECT_S, classify_s: float = CLASSIFY_S) -> None:
        self._detect_s, self._classify_s = detect_s, classify_s
        self._fixed = FixedEngine(np.array([0.6, 0.4], np.float32))

    def detect(self, frame: Frame) -> list[Detection]:
        """One face, after a while."""
        time.sleep(self._detect_s)
        return [Detection((frame.shape[1] // 4, frame.shape[0] // 4, 80, 80))]

    def run(self, batch: NDArray[np.uint8]) -> ModelOutputs:
        """The same answer, after a while."""
        time.sleep(self._classify_s)
        return self._fixed.run(batch)


class Memory:
    """A sink that notes the process's resident memory with each answer, in bytes."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.notes: list[tuple[float, int]] = []

    def on_result(self, result: FrameResult) -> None:
        """Notes it."""
        del result  # an answer came; which does not matter
        self.notes.append((time.monotonic() - self.start, resident_bytes()))

    def on_state(self, change: StateChange) -> None:
        """States take no memory."""

    def close(self) -> None:
        """Nothing is held."""

    def median(self, since: float, until: float) -> float:
        """Half of the notes between two times in s lie under it."""
        return percentile([size for at, size in self.notes if since <= at < until], 50)


def resident_bytes() -> int:
    """Memory of this process that is in RAM."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def camera(seconds: float) -> Iterator[Frame | float]:
    """A script of `(480, 640, 3) uint8 BGR` noise at the camera's rate, kept by the clock."""
    noise = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    start, number = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        yield max(0.0, start + number / CAMERA_FPS - time.monotonic())
        yield np.roll(noise, number, axis=1)
        number += 1
    yield 3600.0  # the camera hangs, and the stream is stopped


def manifest() -> Manifest:
    """Of a model that does not exist."""
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


def soak(seconds: float) -> tuple[StreamSummary, Memory]:
    """Streams the camera for so long."""
    stages, memory = Sleeping(), Memory()
    source = ReconnectingSource(lambda: ScriptedCapture(camera(seconds + 5), CAMERA_FPS), "soak")
    end = time.monotonic() + seconds
    summary = run_stream(
        source,
        Pipeline(stages, manifest(), stages, FaceSearch.ALWAYS),
        [memory],
        stop=lambda: time.monotonic() >= end,
    )
    return summary, memory


def report(summary: StreamSummary, memory: Memory, seconds: float, bounds: Bounds) -> dict[str, Any]:
    """What `--json` prints; a run of under three minutes compares its second third with its last."""
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
    """Soaks and prints; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="how long; 5 by default")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args()
    seconds = options.minutes * 60
    result = report(*soak(seconds), seconds, Bounds())
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name, value in result.items():
            print(f"{name:24} {value}")
    return int(not all(result["held"].values()))


if __name__ == "__main__":
    sys.exit(main())
