"""Which resize rule answers best on photos that are not square and whose subject is not in the middle.

Run as `python -m edgebreed.benchmarks.resize_rules DIR --model MODEL`. Each photo is set, at a place that its
size decides, into a frame of 16:9 or 9:16 whose rest repeats its border, and then resized by each rule.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import Frame
from edgebreed.edge.preprocess import ResizeRule
from edgebreed.train.classification_metrics import topk
from edgebreed.train.dataset import labels_of
from edgebreed.train.evaluation import Evaluation, compute_outputs
from edgebreed.train.image_loader import Change, unchanged

ASPECT = 16 / 9


def framed(frame: Frame, wide: bool) -> Frame:
    """Sets a `(H, W, 3) uint8 BGR` photo off the middle of a frame of 16:9, or 9:16; the same every time."""
    height, width = frame.shape[:2]
    side = round((height * ASPECT - width) if wide else (width * ASPECT - height))
    before = int(np.random.default_rng(int(frame[::7, ::7].sum())).integers(0, max(1, side)))
    left, top = (before, 0) if wide else (0, before)
    right, bottom = (side - before, 0) if wide else (0, side - before)
    return np.asarray(cv2.copyMakeBorder(frame, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)


SHAPES: dict[str, Change] = {
    "as they are": unchanged,
    "16:9, off the middle": lambda frame: framed(frame, wide=True),
    "9:16, off the middle": lambda frame: framed(frame, wide=False),
}


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    model: Annotated[Path, typer.Option(help="A run, .keras, .onnx or .tflite.")],
    engine: Annotated[str, typer.Option(help="Engine for an exported file.")] = "auto",
    split: str = "valid",
) -> None:
    """Prints top-1 by rule and shape."""
    evaluation = Evaluation.open(folder, model, split, EngineOptions(engine))
    paths, labels = [photo.path for photo in evaluation.images], labels_of(evaluation.images)
    table = Table("photos", *ResizeRule, title=f"top-1 of {len(paths)} {split} photos by resize rule")
    for name, change in SHAPES.items():
        specs = [replace(evaluation.description.input, resize=rule) for rule in ResizeRule]
        answers = [
            compute_outputs(evaluation.engine, paths, spec, name, change).probabilities for spec in specs
        ]
        table.add_row(name, *(f"{topk(rows, labels, 1):.1%}" for rows in answers))
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
