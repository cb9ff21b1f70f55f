"""Accuracy and calibration of a classifier, from its probabilities."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ECE_BINS = 15


@dataclass(frozen=True)
class ClassificationMetrics:
    """Accuracy and calibration on labelled images, by the likeliest class.

    Attributes:
        n: number of images.
        top1: share whose likeliest class is the label.
        top5: share whose label is among the five likeliest classes.
        ece: expected calibration error with 15 equal-width bins (Guo et al. 2017).
        per_class: top-1 of each class that has images.
    """

    n: int
    top1: float
    top5: float
    ece: float
    per_class: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def measure(
    probabilities: NDArray[np.float32], labels: NDArray[np.int64], classes: tuple[str, ...]
) -> ClassificationMetrics:
    """Metrics of `(N, classes) float32` probabilities against `(N,) int64` labels."""
    right = probabilities.argmax(axis=1) == labels
    return ClassificationMetrics(
        n=len(labels),
        top1=float(right.mean()),
        top5=topk(probabilities, labels, 5),
        ece=expected_calibration_error(probabilities, labels),
        per_class={classes[label]: float(right[labels == label].mean()) for label in np.unique(labels)},
    )


def topk(probabilities: NDArray[np.float32], labels: NDArray[np.int64], k: int) -> float:
    """Share of rows of `(N, classes) float32` whose label is among the k likeliest."""
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def expected_calibration_error(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Mean distance between confidence and accuracy over equal-width bins (Guo et al. 2017).

    Args:
        probabilities: `(N, classes) float32`.
        labels: `(N,) int64`.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = (
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    )
    return float(sum(gaps))


def confusion(probabilities: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts `(classes, classes) int64`: rows are labels, columns predicted classes."""
    classes = probabilities.shape[1]
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (labels, probabilities.argmax(axis=1)), 1)
    return counts


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities `(N, classes) float32` of logits of the same shape."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
