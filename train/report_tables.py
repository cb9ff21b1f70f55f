"""The rows of a run's report: one a class, and the confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import interval_of
from edgebreed.train.classification_metrics import ClassScores
from edgebreed.train.report_data import ClassifiedImages, ReportData

SHADES = 4  # of a mistake's cell, by its share of the label's images


@dataclass(frozen=True)
class ClassRow:
    """A class in the table of classes.

    Attributes:
        name: as users read it.
        images: number of its images, by split.
        scores: recall, precision and F1 on the test images.
        interval: 95 % interval of the recall; None without test images.
        taken_for: the class that its images are predicted as most often by mistake; empty without mistakes.
        taken_count: how often.
    """

    name: str
    images: dict[str, int]
    scores: ClassScores
    interval: tuple[float, float] | None
    taken_for: str
    taken_count: int


@dataclass(frozen=True)
class MatrixCell:
    """A cell of a confusion matrix.

    Attributes:
        count: number of images.
        style: `right`, or `wrong-1` to `wrong-4` by its share of the label's images; empty for none.
        predicted: the predicted class.
    """

    count: int
    style: str
    predicted: str


@dataclass(frozen=True)
class MatrixRow:
    """A row of a confusion matrix: the images of one label.

    Attributes:
        name: the label.
        total: number of its images.
        cells: one a predicted class.
    """

    name: str
    total: int
    cells: tuple[MatrixCell, ...]


def class_rows(report: ReportData) -> list[ClassRow]:
    """The classes, the weakest recall first; those without test images come last."""
    counts = report.tested.confusion
    rows = [
        _class_row(report, label, scores, counts[label])
        for label, scores in enumerate(report.metrics.by_class.values())
    ]
    return sorted(rows, key=lambda row: 2.0 if row.scores.recall is None else row.scores.recall)


def matrix_rows(tested: ClassifiedImages) -> list[MatrixRow]:
    """The rows of the confusion matrix."""
    return [_matrix_row(label, row, tested.names) for label, row in enumerate(tested.confusion)]


def _class_row(report: ReportData, label: int, scores: ClassScores, row: NDArray[np.int64]) -> ClassRow:
    mistakes = row.copy()
    mistakes[label] = 0
    worst = int(mistakes.argmax())
    return ClassRow(
        name=report.names[label],
        images={split: counts[label] for split, counts in report.images_per_class.items()},
        scores=scores,
        interval=None if scores.recall is None else interval_of(scores.recall, scores.n),
        taken_for=report.names[worst] if mistakes[worst] else "",
        taken_count=int(mistakes[worst]),
    )


def _matrix_row(label: int, row: NDArray[np.int64], names: Sequence[str]) -> MatrixRow:
    total = int(row.sum())
    cells = tuple(
        MatrixCell(int(count), _cell_style(int(count), total, label == predicted), names[predicted])
        for predicted, count in enumerate(row)
    )
    return MatrixRow(names[label], total, cells)


def _cell_style(count: int, total: int, right: bool) -> str:
    if not count:
        return ""
    return "right" if right else f"wrong-{min(SHADES, 1 + SHADES * count // total)}"
