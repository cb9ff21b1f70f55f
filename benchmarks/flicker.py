"""How often the label of a noisy clip changes, with averaging over time and without.

    python -m edgebreed.benchmarks.flicker PHOTOS [--model M] [--clips 12] [--frames 50] [--json]

A clip is one photo filmed by an unsteady hand in poor light: a window that wanders and breathes, noise,
and brightness that goes up and down. What it shows never changes, so each change of the label is flicker.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame, find_photos, read_photo
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream import ArraySource, FrameResult, StateChange, StreamOptions, run_stream

FPS = 10.0  # a pipeline's rate; the averaging counts in seconds
_NOISE = 30.0  # grey levels
_WANDER, _BREATH = 0.06, 0.1  # shares of the photo's sides


class Labels:
    """A sink that notes what each frame was called, and how many faces were in it."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.faces: list[int] = []

    def on_result(self, result: FrameResult) -> None:
        """Notes it."""
        answer = result.result
        self.names.append(f"{answer.kind} {answer.label}")
        self.faces.append(len(answer.faces or ()))

    def on_state(self, change: StateChange) -> None:
        """Of no interest."""

    def close(self) -> None:
        """Nothing is held."""


def clip(photo: Frame, frames: int, chance: Generator) -> Iterator[Frame]:
    """A photo `(H, W, 3) uint8 BGR` as an unsteady, noisy film of its own size."""
    height, width = photo.shape[:2]
    at, speed = np.zeros(3), np.zeros(3)  # right, down, nearer
    for _ in range(frames):
        speed = 0.8 * speed + chance.normal(0, 0.3, 3)
        at = np.clip(at + 0.3 * speed, -1, 1)
        zoom = 1.0 + _BREATH * (1 + at[2])
        shift = at[:2] * _WANDER * (width, height)
        move = np.array([[zoom, 0, (1 - zoom) * width / 2], [0, zoom, (1 - zoom) * height / 2]])
        move[:, 2] += shift
        moved = cv2.warpAffine(photo, move, (width, height), borderMode=cv2.BORDER_REFLECT)
        noisy = moved * chance.uniform(0.75, 1.1) + chance.normal(0, _NOISE, photo.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def changes(values: Sequence[object]) -> int:
    """How often a value is another than the one before it."""
    return sum(one != other for one, other in pairwise(values))


def measure(pipeline: Pipeline, photos: Sequence[Path], frames: int) -> dict[str, Any]:
    """Changes of the label and of the number of faces per 100 frames."""
    totals = {name: {"label": 0, "faces": 0} for name in ("each_frame", "averaged")}
    for number, path in enumerate(photos):
        film = list(clip(read_photo(path), frames, np.random.default_rng(number)))
        for name, smooth in (("each_frame", False), ("averaged", True)):
            labels = Labels()
            run_stream(ArraySource(film, fps=FPS), pipeline, [labels], StreamOptions(smooth=smooth))
            totals[name]["label"] += changes(labels.names)
            totals[name]["faces"] += changes(labels.faces)
    count = len(photos) * (frames - 1)
    rates = {name: {what: 100 * n / count for what, n in total.items()} for name, total in totals.items()}
    return {"clips": len(photos), "frames": frames, "changes_per_100_frames": rates}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path, nargs="+", help="photos or folders")
    parser.add_argument("--model", type=Path, help="model file; the one that ships if left out")
    parser.add_argument("--clips", type=int, default=12, help="photos to film, spread over those given")
    parser.add_argument("--frames", type=int, default=50, help="frames a clip")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    options = parser.parse_args()
    photos = find_photos(options.photos)
    chosen = photos[:: max(1, len(photos) // options.clips)][: options.clips]
    pipeline = Pipeline.open(options.model, EngineOptions(spin=False))
    result = measure(pipeline, chosen, options.frames)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, rates in result["changes_per_100_frames"].items():
        label, faces = rates["label"], rates["faces"]
        print(f"{name:12} {label:5.1f} changes of the label, {faces:5.1f} of the number of faces")


if __name__ == "__main__":
    main()
