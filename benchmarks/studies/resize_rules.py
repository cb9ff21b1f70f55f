"""Which resize rule is most accurate on photos that are not square and whose subject is off the centre?

    python -m edgebreed.benchmarks.studies.resize_rules DIR --model MODEL [--json]

Each photo is placed in a frame of 16:9 or 9:16, at a position that its pixels decide, with its border
repeated around it, and then resized by each rule.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame
from edgebreed.edge.preprocess import ResizeRule
from edgebreed.train.classification_metrics import topk
from edgebreed.train.dataset import labels_of
from edgebreed.train.evaluation import Evaluation, compute_outputs
from edgebreed.train.image_loader import Change, unchanged

ASPECT = 16 / 9


def place_off_centre(image: Frame, wide: bool) -> Frame:
    """Places a `(H, W, 3) uint8 BGR` image in a frame of 16:9, or 9:16; at the same position every time."""
    height, width = image.shape[:2]
    margin = round((height * ASPECT - width) if wide else (width * ASPECT - height))
    seed = int(image[::7, ::7].sum())
    before = int(np.random.default_rng(seed).integers(0, max(1, margin)))
    left, top = (before, 0) if wide else (0, before)
    right, bottom = (margin - before, 0) if wide else (0, margin - before)
    return np.asarray(cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


ASPECTS: dict[str, Change] = {
    "as they are": unchanged,
    "16:9, off the middle": lambda image: place_off_centre(image, wide=True),
    "9:16, off the middle": lambda image: place_off_centre(image, wide=False),
}


def measure_rules(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """Top-1 of each resize rule at each aspect ratio."""
    paths, labels = [image.path for image in evaluation.images], labels_of(evaluation.images)
    top1: dict[str, dict[str, float]] = {}
    for aspect, change in ASPECTS.items():
        top1[aspect] = {}
        for rule in ResizeRule:
            spec = replace(evaluation.description.input, resize=rule)
            outputs = compute_outputs(evaluation.engine, paths, spec, aspect, change)
            top1[aspect][rule.value] = topk(outputs.probabilities, labels, 1)
    return top1


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Labelled photos, a folder a class.")],
    model: Annotated[Path, typer.Option(help="A run, .keras, .onnx or .tflite.")],
    engine: Annotated[str, typer.Option(help="Engine for an exported file.")] = "auto",
    split: Annotated[str, typer.Option(help="Which photos, where DIR has splits.")] = "valid",
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints top-1 by resize rule and aspect ratio."""
    evaluation = Evaluation.open(folder, model, split, EngineOptions(engine))
    top1, count = measure_rules(evaluation), len(evaluation.images)
    if json_:
        publish("resize_rules", count, {"split": split, "top1": top1})
        return
    table = Table("photos", *ResizeRule, title=f"top-1 of {count} {split} photos by resize rule")
    for aspect, by_rule in top1.items():
        table.add_row(aspect, *(f"{share:.1%}" for share in by_rule.values()))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
