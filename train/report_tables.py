"""The tables of a run's report as HTML: accuracy by class, and the confusion matrix."""

import html
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import percent, percent_range
from edgebreed.train.classification_metrics import ClassificationMetrics, ClassScores

CLASS_COLUMNS = ("class", "images", "recall", "95 % interval", "precision", "F1")


def class_table(metrics: ClassificationMetrics, names: tuple[str, ...]) -> str:
    """Recall, precision and F1 of each class, the weakest first; those without images come last.

    Args:
        metrics: of the test images.
        names: class names as users read them, in the order of the classes.
    """
    rows = zip(names, metrics.by_class.values(), strict=True)
    ordered = sorted(rows, key=lambda row: 2.0 if row[1].recall is None else row[1].recall)
    body = "".join(_row("td", _class_cells(name, scores)) for name, scores in ordered)
    return f'<table class="numbers"><thead>{_row("th", CLASS_COLUMNS)}</thead><tbody>{body}</tbody></table>'


def confusion_table(counts: NDArray[np.int64], names: tuple[str, ...]) -> str:
    """A confusion matrix `(classes, classes) int64`, each cell with its count, shaded by its row's share."""
    body = "".join(
        f"<tr><th>{html.escape(name)}</th>{_counts(row)}</tr>"
        for name, row in zip(names, counts, strict=True)
    )
    return (
        "<p>Rows are labels, columns predicted classes.</p>"
        f'<table class="matrix"><thead>{_row("th", ("", *names))}</thead><tbody>{body}</tbody></table>'
    )


def _class_cells(name: str, scores: ClassScores) -> tuple[str, ...]:
    interval = "" if scores.recall is None else percent_range(scores.recall, scores.n)
    return name, str(scores.n), _share(scores.recall), interval, _share(scores.precision), _share(scores.f1)


def _share(share: float | None) -> str:
    return "not known" if share is None else percent(share)


def _counts(row: NDArray[np.int64]) -> str:
    """Light enough for the number to be read in either theme."""
    return "".join(
        f'<td style="background: rgb(var(--heat) / {0.6 * count / row.sum():.2f})">{count}</td>'
        if count
        else "<td></td>"
        for count in row
    )


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"
