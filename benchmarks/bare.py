"""Whether the pipeline costs more than its parts: against the bare engine, and against the bare steps.

`python -m edgebreed.benchmarks.bare PHOTOS [--model M] [--engine E] [--seconds 20] [--json]`. Everything
takes turns in one process, and every photo is measured by each: the engine's own session alone against the
pipeline's `inference` stage; and decoding, detecting, resizing and inference, each alone and
added up, against the whole of `Pipeline.process_photo`.

ONNX Runtime's threads spin for tens of ms after a run and would slow down whatever comes next, so each turn
begins with a rest; the first photo of a turn does not count.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np

from edgebreed.benchmarks.bare_engine import bare_engine
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import find_photos, read_photo
from edgebreed.edge.preprocess import to_input

CLASSIFY_BOUND = 0.03  # how much slower than bare the classify stage may be
WHOLE_BOUND = 0.05  # and the whole way
REST_S = 0.1
TURN = 4
PARTS = ("decode", "detect", "resize", "inference")


@dataclass(frozen=True)
class Bare:
    """Medians over photos, in ms.

    Attributes:
        engine: what ran.
        photos: number of photos.
        rounds: how often each was measured by each way.
        classify_ms: the pipeline's inference stage.
        engine_ms: the engine's session alone on the same input.
        whole_ms: the whole of `Pipeline.process_photo`.
        parts_ms: the same steps by plain calls.
    """

    engine: str
    photos: int
    rounds: int
    classify_ms: float
    engine_ms: float
    whole_ms: float
    parts_ms: dict[str, float]

    @property
    def classify_ratio(self) -> float:
        """The pipeline's inference by the bare engine's."""
        return self.classify_ms / self.engine_ms

    @property
    def whole_ratio(self) -> float:
        """The whole by the sum of its bare parts."""
        return self.whole_ms / sum(self.parts_ms.values())

    @property
    def passed(self) -> bool:
        """Whether both are within their bounds."""
        return self.classify_ratio <= 1 + CLASSIFY_BOUND and self.whole_ratio <= 1 + WHOLE_BOUND

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        ratios = {"classify_ratio": self.classify_ratio, "whole_ratio": self.whole_ratio}
        return {**vars(self), **ratios, "passed": self.passed}


def measure_bare(subject: Subject, photos: Sequence[Path], seconds: float, seed: int = 0) -> Bare:
    """Measures all ways of all photos in turn, each at least once, for about so many seconds."""
    ways, chance = _Ways(subject, photos), random.Random(seed)
    for photo in photos:
        ways.run_all(photo, chance, counts=False)
    end, rounds = time.perf_counter() + seconds, 0
    while rounds == 0 or time.perf_counter() < end:
        for photo in chance.sample(photos, len(photos)):
            ways.run_all(photo, chance)
        rounds += 1
    middle = {name: median(values) for name, values in ways.times.items()}
    return Bare(
        engine=subject.pipeline.engine.name,
        photos=len(photos),
        rounds=rounds,
        classify_ms=middle["classify"],
        engine_ms=middle["inference"],
        whole_ms=middle["whole"],
        parts_ms={name: middle[name] for name in PARTS},
    )


class _Ways:
    """The ways of a photo, each by itself; what each took is in `times`, in ms."""

    def __init__(self, subject: Subject, photos: Sequence[Path]) -> None:
        self.times: dict[str, list[float]] = {}
        self._pipeline, self._spec = subject.pipeline, subject.pipeline.manifest.input
        self._infer = bare_engine(subject.path, subject.pipeline.engine.name, subject.options.threads)
        self._detector = subject.pipeline.detector
        self._frames = {photo: read_photo(photo) for photo in photos}
        self._inputs = {photo: to_input(frame, self._spec)[None] for photo, frame in self._frames.items()}
        self._bare: dict[str, Callable[[Path], object]] = {
            "inference": lambda photo: self._infer(self._inputs[photo]),
            "decode": _decode,
            "detect": lambda photo: self._detector.detect(self._frames[photo]),
            "resize": lambda photo: to_input(self._frames[photo], self._spec),
        }

    def run_all(self, photo: Path, chance: random.Random, counts: bool = True) -> None:
        """Gives each way a turn, in a random order."""
        for name in chance.sample([*self._bare, "whole"], len(self._bare) + 1):
            time.sleep(REST_S)
            for number in range(TURN):
                for part, ms in self._run(name, photo).items():
                    if counts and number:
                        self.times.setdefault(part, []).append(ms)

    def _run(self, name: str, photo: Path) -> dict[str, float]:
        start = time.perf_counter_ns()
        if name != "whole":
            self._bare[name](photo)
            return {name: (time.perf_counter_ns() - start) / 1e6}
        result = self._pipeline.process(photo)
        whole = (time.perf_counter_ns() - start) / 1e6
        return {"whole": whole, "classify": result.stages_ms["inference"]}


def _decode(photo: Path) -> object:
    return cv2.imdecode(np.frombuffer(photo.read_bytes(), np.uint8), cv2.IMREAD_COLOR)


def main(words: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(prog="python -m edgebreed.benchmarks.bare")
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(words)
    subject = Subject.open(wanted.model, EngineOptions(wanted.engine, wanted.threads))
    found = measure_bare(subject, find_photos(wanted.photos), wanted.seconds)
    print(json.dumps(found.to_dict(), indent=2) if wanted.json else _lines(found))
    return 0 if found.passed else 1


def _lines(found: Bare) -> str:
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in found.parts_ms.items())
    return (
        f"{found.engine}, {found.photos} photos, {found.rounds} rounds, medians in ms\n"
        f"classify {found.classify_ms:.2f}, bare engine {found.engine_ms:.2f}: "
        f"ratio {found.classify_ratio:.3f}, at most {1 + CLASSIFY_BOUND}\n"
        f"whole {found.whole_ms:.2f}, bare parts {sum(found.parts_ms.values()):.2f} ({parts}): "
        f"ratio {found.whole_ratio:.3f}, at most {1 + WHOLE_BOUND}"
    )


if __name__ == "__main__":
    sys.exit(main())
