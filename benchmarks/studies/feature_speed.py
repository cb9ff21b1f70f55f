"""How much faster does training compute the features of a frozen base than Keras's own `predict`?

    python -m edgebreed.benchmarks.studies.feature_speed IMAGES --weights FILE [--json]

Both take turns, batch by batch.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import numpy as np
import typer

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.images import find_photos
from edgebreed.edge.preprocess import InputSpec
from edgebreed.machine import processor
from edgebreed.train.accelerated_extractor import AcceleratedExtractor
from edgebreed.train.feature_extractor import build_extractor
from edgebreed.train.image_loader import load_batches

BATCH = 32
OURS, KERAS = "training's engine", "Keras predict"

ComputeFeatures = Callable[[Any], Any]


def time_in_turns(
    methods: dict[str, ComputeFeatures], batches: list[Any], rounds: int
) -> dict[str, list[float]]:
    """Seconds per image of each method, batch by batch in turn, after one batch that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    for number in range(rounds + 1):
        batch = batches[number % len(batches)]
        for name, compute in methods.items():
            start = time.perf_counter()
            compute(batch)
            if number:
                seconds[name].append((time.perf_counter() - start) / len(batch))
    return seconds


def figures(seconds: dict[str, list[float]], max_error: float) -> dict[str, Any]:
    """Median, fastest and slowest ms per image of each method, their ratio and their largest difference."""
    ms = {
        name: {"p50": 1e3 * median(values), "min": 1e3 * min(values), "max": 1e3 * max(values)}
        for name, values in seconds.items()
    }
    return {"ms_per_image": ms, "ratio": ms[OURS]["p50"] / ms[KERAS]["p50"], "max_error": max_error}


def main(
    images: list[Path],
    weights: Annotated[Path, typer.Option(help="ImageNet weights of Xception.")],
    size: Annotated[int, typer.Option(help="Side of the input in px.")] = 299,
    rounds: Annotated[int, typer.Option(help="Batches of 32 of each method.")] = 5,
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints both times per image, their ratio and the largest difference of their features."""
    spec = InputSpec(size, size)
    base = build_extractor("Xception", spec, weights)
    fast = AcceleratedExtractor(base)
    paths = find_photos(images)[: BATCH * rounds]
    batches = list(load_batches(paths, spec, BATCH))
    methods: dict[str, ComputeFeatures] = {
        OURS: fast.features,
        KERAS: lambda batch: base.model.predict(batch, verbose=0),
    }
    seconds = time_in_turns(methods, batches, rounds)
    error = np.abs(fast.features(batches[0][:4]) - base.features(batches[0][:4])).max()
    found = figures(seconds, float(error))
    if json_:
        publish("feature_speed", rounds * len(methods), found)
    else:
        _print(found, rounds)


def _print(found: dict[str, Any], rounds: int) -> None:
    for name, ms in found["ms_per_image"].items():
        print(f"{name}: {ms['p50']:.0f} ms a photo ({ms['min']:.0f} to {ms['max']:.0f})")
    machine = processor()
    print(f"ratio {found['ratio']:.2f}, features differ by at most {found['max_error']:.1e}")
    print(f"{machine['cpu']}, {machine['cores']} cores, {rounds} batches of {BATCH} for each")


if __name__ == "__main__":
    typer.run(main)
