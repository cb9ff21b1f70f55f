"""Accuracy on labelled images in words: what `train`, `evaluate` and `export` print."""

from collections.abc import Sequence

import numpy as np

from edgebreed.edge.accuracy import describe_share, interval_of, percent
from edgebreed.train.classification_metrics import ClassificationMetrics, largest_confusions

NAMED = 5  # classes or confusions that a line names


def describe_top1(metrics: ClassificationMetrics, top1: float | None = None) -> str:
    """Top-1 with its interval.

    Where a class has no image, a count stands in place of the percentage, with the number of classes: "100 %"
    would claim what nobody measured.

    Args:
        metrics: of the images.
        top1: another share that was measured on the same images, to be described in place of theirs.
    """
    share, n = metrics.top1 if top1 is None else top1, metrics.n
    if not metrics.untested_classes:
        return describe_share(share, n)
    classes = len(metrics.classes)
    tested = f"{classes - len(metrics.untested_classes)} of {classes} classes"
    return f"{share_text(metrics, share)} of {n:,}, which show {tested} ({range_text(metrics, share)})"


def share_text(metrics: ClassificationMetrics, share: float) -> str:
    """A share of the images as a percentage; as a count where a class has no image."""
    return f"{round(share * metrics.n):,}" if metrics.untested_classes else percent(share)


def range_text(metrics: ClassificationMetrics, share: float) -> str:
    """The 95 % interval of a share of the images; no "100 %" stands in it where a class has no image."""
    low, high = (percent(end) for end in interval_of(share, metrics.n))
    open_end = metrics.untested_classes and share == 1
    return f"{low} {'or more' if open_end else f'to {high}'} with 95% confidence"


def rows_of(metrics: ClassificationMetrics) -> dict[str, str]:
    """What is known beyond top-1, as names and values of a table; empty values where nothing is known."""
    return {
        "balanced accuracy": _share(metrics.balanced_accuracy),
        "macro F1": _share(metrics.macro_f1),
        "top-5": "" if metrics.top5 is None else describe_top1(metrics, metrics.top5),
        "not tested": describe_untested(metrics),
        "largest confusions": _first(confusions(metrics)),
    }


def describe_untested(metrics: ClassificationMetrics) -> str:
    """Which classes have no image, as a sentence; empty where all have some."""
    names = metrics.untested_classes
    if not names:
        return ""
    count = f" ({len(names)} classes)" if len(names) > NAMED else ""
    whose = "its" if len(names) == 1 else "their"
    return f"no image shows {_first(names)}{count}: nothing is known of {whose} accuracy"


def confusions(metrics: ClassificationMetrics, most: int = NAMED + 1) -> list[str]:
    """The most frequent mistakes, as in `Collie as Border collie (3)`."""
    names, counts = metrics.classes, np.array(metrics.confusion)
    return [
        f"{names[label]} as {names[predicted]} ({count})"
        for label, predicted, count in largest_confusions(counts, most)
    ]


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def _share(share: float | None) -> str:
    return "" if share is None else percent(share)
