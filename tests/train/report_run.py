"""A run for reports, with results that a test chooses."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec, ResizeRule
from edgebreed.edge.task import Rejection, Task
from edgebreed.train.classification_metrics import measure
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.delivered import Delivered
from edgebreed.train.report_data import ClassifiedImages, ReportData
from edgebreed.train.run_record import RunRecord, TrainResult

ROWS = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], np.float32)
HISTORY = {
    "loss": [0.9, 0.5, 0.4],
    "val_loss": [0.8, 0.7, 0.6],
    "accuracy": [0.5, 0.8, 0.9],
    "val_accuracy": [0.4, 0.7, 0.85],
}


def classified(
    labels: tuple[int, ...] = (0, 0, 0),
    rows: NDArray[np.float32] = ROWS,
    names: tuple[str, ...] = ("a", "b"),
    image: Path = Path("x/p.png"),
) -> ClassifiedImages:
    """One image with a label and a row of probabilities each; classes beyond the row have none."""
    probabilities = np.zeros((len(labels), len(names)), np.float32)
    probabilities[:, : rows.shape[1]] = rows
    return ClassifiedImages([LabelledImage(image, label) for label in labels], probabilities, names)


def report_data(tested: ClassifiedImages, **changed: Any) -> ReportData:
    """The run of a small CNN; `changed` are fields of its result."""
    metrics = measure(tested.probabilities, tested.labels, tested.names)
    fields: dict[str, Any] = {
        "delivered": Delivered(metrics.top1, 1 - metrics.top1, 0.0, 0.0),
        "dropped": {},
        "rejection": Rejection(),
        "unknown": "never answered: no negatives were given",
        "history": HISTORY,
        "interrupted": False,
    }
    result = TrainResult(
        run="runs/a",
        arch="scratch",
        data="/data",
        classes=len(tested.names),
        train_images=20,
        test=metrics,
        seconds={"fit": 1.0},
        trainable_parameters=1234,
        temperature=1.0,
        fine_tune_passes=0,
        **{**fields, **changed},
    )
    counts = Counter(image.label for image in tested.images)
    per_class = {
        "train": (10,) * len(tested.names),
        "test": tuple(counts[label] for label in range(len(tested.names))),
    }
    return ReportData(_record(tested.names), result, tested, per_class)


def _record(names: tuple[str, ...]) -> RunRecord:
    return RunRecord(
        arch="scratch",
        data="/data",
        seed=0,
        classes=names,
        labels=names,
        input=InputSpec(32, 32, ResizeRule.SQUASH),
        rejection=Rejection(),
        task=Task(),
        temperature=1.0,
        created="2026-01-02T03:04:05+00:00",
        tools={"edgebreed": "1.0", "numpy": "2.0"},
    )
