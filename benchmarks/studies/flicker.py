"""How often does the label of a noisy video change, with smoothing over time and without?

    python -m edgebreed.benchmarks.studies.flicker IMAGES [--model M] [--clips 12] [--frames 50] [--json]

Each clip shows one photo as an unsteady hand would film it in poor light: a crop that moves and zooms, noise,
and brightness that goes up and down. What it shows never changes, so every change of the label is flicker.
"""

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame, find_photos, read_photo
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream import ArraySource, FrameResult, StateChange, StreamOptions, run_stream

FPS = 10.0  # a pipeline's rate; the smoothing counts in seconds
NOISE_STD = 30.0  # grey levels
MAX_SHIFT, MAX_ZOOM = 0.06, 0.1  # shares of the image's sides

LABELS = {
    "clips": "videos, each made of one photo",
    "frames": "of a video",
    "changes_per_100_frames": "how often the answer changes, although the photo is the same",
    "each_frame": "each frame classified on its own",
    "averaged": "probabilities averaged over time, as in `edgebreed stream`",
    "label": "changes of the label",
    "faces": "changes of the number of faces",
}
"""What the keys of the record mean."""


class LabelLog:
    """A sink that keeps each frame's label and number of faces."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.faces: list[int] = []

    def on_result(self, result: FrameResult) -> None:
        """Keeps both."""
        answer = result.result
        self.labels.append(f"{answer.kind} {answer.label}")
        self.faces.append(len(answer.faces or ()))

    def on_state(self, change: StateChange) -> None:
        """Ignores the stream's state."""

    def close(self) -> None:
        """Nothing to free."""


def noisy_clip(image: Frame, frames: int, rng: Generator) -> Iterator[Frame]:
    """A `(H, W, 3) uint8 BGR` image as an unsteady, noisy video of the same size."""
    height, width = image.shape[:2]
    position, speed = np.zeros(3), np.zeros(3)  # right, down, zoom
    for _ in range(frames):
        speed = 0.8 * speed + rng.normal(0, 0.3, 3)
        position = np.clip(position + 0.3 * speed, -1, 1)
        zoom = 1.0 + MAX_ZOOM * (1 + position[2])
        affine = np.array([[zoom, 0, (1 - zoom) * width / 2], [0, zoom, (1 - zoom) * height / 2]])
        affine[:, 2] += position[:2] * MAX_SHIFT * (width, height)
        moved = cv2.warpAffine(image, affine, (width, height), borderMode=cv2.BORDER_REFLECT)
        noisy = moved * rng.uniform(0.75, 1.1) + rng.normal(0, NOISE_STD, image.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def count_changes(values: Sequence[object]) -> int:
    """How often a value differs from the one before it."""
    return sum(one != other for one, other in pairwise(values))


def measure_flicker(pipeline: Pipeline, images: Sequence[Path], frames: int) -> dict[str, Any]:
    """Changes of the label and of the number of faces per 100 frames, with smoothing and without."""
    totals = {name: {"label": 0, "faces": 0} for name in ("each_frame", "averaged")}
    for number, path in enumerate(images):
        video = list(noisy_clip(read_photo(path), frames, np.random.default_rng(number)))
        for name, smooth in (("each_frame", False), ("averaged", True)):
            log = LabelLog()
            run_stream(ArraySource(video, fps=FPS), pipeline, [log], StreamOptions(smooth=smooth))
            totals[name]["label"] += count_changes(log.labels)
            totals[name]["faces"] += count_changes(log.faces)
    count = len(images) * (frames - 1)
    rates = {name: {what: 100 * n / count for what, n in total.items()} for name, total in totals.items()}
    return {"clips": len(images), "frames": frames, "changes_per_100_frames": rates}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("images", type=Path, nargs="+", help="photos or folders")
    parser.add_argument("--model", type=Path, help="model file; the one that ships if left out")
    parser.add_argument("--clips", type=int, default=12, help="photos to film, evenly from those given")
    parser.add_argument("--frames", type=int, default=50, help="frames of a clip")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args()
    images = find_photos(options.images)
    chosen = images[:: max(1, len(images) // options.clips)][: options.clips]
    pipeline = Pipeline.open(options.model, EngineOptions(spin=False))
    figures = measure_flicker(pipeline, chosen, options.frames)
    if options.json:
        publish("flicker", figures["clips"] * figures["frames"], figures)
        return
    for name, rates in figures["changes_per_100_frames"].items():
        label, faces = rates["label"], rates["faces"]
        print(f"{name:12} {label:5.1f} changes of the label, {faces:5.1f} of the number of faces")


if __name__ == "__main__":
    main()
