"""Accuracy and calibration of a classifier, from its probabilities."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import interval_of

ECE_BINS = 15
TOP5_CLASSES = 6  # with five classes or fewer, the label is always among the five likeliest


@dataclass(frozen=True)
class ClassScores:
    """How well one class is recognised.

    Attributes:
        n: number of its images.
        recall: share of its images that are predicted as it; None without images.
        precision: share of its predictions that are right; None where it is never predicted.
        f1: harmonic mean of both, 0 where none of its images is recognised; None without images.
    """

    n: int
    recall: float | None
    precision: float | None
    f1: float | None


@dataclass(frozen=True)
class ClassificationMetrics:
    """Accuracy and calibration on labelled images, by the likeliest class.

    Attributes:
        n: number of images.
        top1: share whose likeliest class is the label.
        top1_interval: its 95 % Wilson interval.
        top5: share whose label is among the five likeliest classes; None for five classes or fewer.
        ece: expected calibration error with 15 equal-width bins (Guo et al. 2017).
        balanced_accuracy: mean recall of the classes; None where a class has no image.
        macro_f1: mean F1 of the classes; None where a class has no image.
        per_class: top-1 of each class that has images.
        by_class: recall, precision and F1 of every class.
        untested_classes: classes without an image, of which nothing is known.
        classes: all classes, in the order of `confusion`.
        confusion: number of images; rows are labels, columns predicted classes.
    """

    n: int
    top1: float
    top1_interval: tuple[float, float]
    top5: float | None
    ece: float
    balanced_accuracy: float | None
    macro_f1: float | None
    per_class: dict[str, float]
    by_class: dict[str, ClassScores]
    untested_classes: tuple[str, ...]
    classes: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def measure(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], classes: tuple[str, ...]
) -> ClassificationMetrics:
    """Metrics of `(N, classes) float32` probabilities against `(N,) int64` labels."""
    top1 = float((probabilities.argmax(axis=1) == labels).mean())
    counts = confusion(probabilities, labels)
    by_class = dict(zip(classes, class_scores(counts), strict=True))
    return ClassificationMetrics(
        n=len(labels),
        top1=top1,
        top1_interval=interval_of(top1, len(labels)),
        top5=topk(probabilities, labels, 5) if len(classes) >= TOP5_CLASSES else None,
        ece=expected_calibration_error(probabilities, labels),
        balanced_accuracy=_mean([scores.recall for scores in by_class.values()]),
        macro_f1=_mean([scores.f1 for scores in by_class.values()]),
        per_class={name: scores.recall for name, scores in by_class.items() if scores.recall is not None},
        by_class=by_class,
        untested_classes=tuple(name for name, scores in by_class.items() if not scores.n),
        classes=classes,
        confusion=tuple(tuple(map(int, row)) for row in counts),
    )


def class_scores(counts: NDArray[np.int64]) -> list[ClassScores]:
    """Recall, precision and F1 of each class, from a confusion matrix `(classes, classes) int64`.

    scikit-learn has them too, but `evaluate` measures exported files on devices, which do without it.
    """
    return [
        ClassScores(
            n=int(n),
            recall=float(hits / n) if n else None,
            precision=float(hits / predicted) if predicted else None,
            f1=float(2 * hits / (n + predicted)) if n else None,
        )
        for hits, n, predicted in zip(counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0), strict=True)
    ]


def topk(probabilities: NDArray[np.float32], labels: NDArray[np.int64], k: int) -> float:
    """Share of rows of `(N, classes) float32` whose label is among the k likeliest."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Mean distance between confidence and accuracy over equal-width bins (Guo et al. 2017).

    It is no number where one of the probabilities is none, as those of a fit that diverged.

    Args:
        probabilities: `(N, classes) float32`.
        labels: `(N,) int64`.
    """
    confidence = probabilities.max(axis=1)
    if not np.isfinite(confidence).all():
        return math.nan
    right = probabilities.argmax(axis=1) == labels
    bins = confidence_bins(confidence, ECE_BINS)
    gaps = (
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    )
    return float(sum(gaps))


def confidence_bins(confidences: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The bin of each image by its confidence, of `count` equally wide ones; -1 where that is no number.

    Args:
        confidences: `(N,) float32`, 0 to 1.
        count: number of bins.
    """
    whole = np.nan_to_num(confidences * count, nan=-1).astype(np.int64)
    return np.asarray(np.minimum(whole, count - 1), np.int64)


def confusion(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts `(classes, classes) int64`: rows are labels, columns predicted classes."""
    classes = probabilities.shape[1]
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def largest_confusions(counts: NDArray[np.int64], most: int) -> list[tuple[int, int, int]]:
    """Label, predicted class and count of the most frequent mistakes of a confusion matrix."""
    mistakes = counts - np.diag(counts.diagonal())
    order = np.argsort(-mistakes, axis=None, kind="stable")[:most]
    places = (divmod(int(index), len(counts)) for index in order)
    return [(*place, int(mistakes[place])) for place in places if mistakes[place]]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities `(N, classes) float32` of logits of the same shape."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _mean(shares: Sequence[float | None]) -> float | None:
    """None where one of them is not known: a mean of the others would flatter."""
    known = [share for share in shares if share is not None]
    return float(np.mean(known)) if len(known) == len(shares) else None
