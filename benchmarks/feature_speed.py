"""Features of a frozen base: the engine that training takes against Keras's own `predict`, side by side.

Run as `python -m edgebreed.benchmarks.feature_speed PHOTOS --weights FILE`.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer

from edgebreed.edge.images import find_photos
from edgebreed.edge.preprocess import InputSpec
from edgebreed.machine import processor
from edgebreed.train.accelerated_extractor import AcceleratedExtractor
from edgebreed.train.feature_extractor import build_extractor
from edgebreed.train.image_loader import load_batches

BATCH = 32
Features = Callable[[Any], Any]


def alternate(ways: dict[str, Features], batches: list[Any], rounds: int) -> dict[str, list[float]]:
    """Seconds a photo of each way, batch by batch in turn, after one batch that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        batch = batches[number % len(batches)]
        for name, features in ways.items():
            start = time.perf_counter()
            features(batch)
            if number:
                seconds[name].append((time.perf_counter() - start) / len(batch))
    return seconds


def main(
    photos: list[Path],
    weights: Annotated[Path, typer.Option(help="ImageNet weights of Xception.")],
    size: Annotated[int, typer.Option(help="Side of the input in px.")] = 299,
    rounds: Annotated[int, typer.Option(help="Batches of 32 a way.")] = 5,
) -> None:
    """Prints both times a photo, their ratio and their largest difference."""
    spec = InputSpec(size, size)
    base = build_extractor("Xception", spec, weights)
    fast = AcceleratedExtractor(base)
    paths = find_photos(photos)[: BATCH * rounds]
    batches = list(load_batches(paths, spec, BATCH))
    ways: dict[str, Features] = {
        "training's engine": fast.features,
        "Keras predict": lambda batch: base.model.predict(batch, verbose=0),
    }
    seconds = alternate(ways, batches, rounds)
    ours, theirs = (median(values) for values in seconds.values())
    error = np.abs(fast.features(batches[0][:4]) - base.features(batches[0][:4])).max()
    for name, values in seconds.items():
        low, middle, high = (1e3 * point(values) for point in (min, median, max))
        print(f"{name}: {middle:.0f} ms a photo ({low:.0f} to {high:.0f})")
    machine = processor()
    print(f"ratio {ours / theirs:.2f}, features differ by at most {error:.1e}")
    print(f"{machine['cpu']}, {machine['cores']} cores, {rounds} batches of {BATCH} a way")


if __name__ == "__main__":
    typer.run(main)
