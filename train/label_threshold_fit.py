"""Chooses the threshold of each label of a multi-label model on validation images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.label_thresholds import HALF

MIN_POSITIVES = 10  # with fewer, the best threshold is that of single images
FLOOR, CEILING = (
    0.05,
    0.95,
)  # beyond them, a small shift of the probabilities turns a label on or off for good


@dataclass(frozen=True)
class FittedThresholds:
    """The thresholds of a model's labels.

    Attributes:
        values: one a label, in order.
        reason: why some of them were not measured, as a sentence; empty where all were.
    """

    values: tuple[float, ...] = ()
    reason: str = ""


def fit_label_thresholds(
    probabilities: NDArray[np.float32], targets: NDArray[np.int64], labels: Sequence[str]
) -> FittedThresholds:
    """The thresholds with the largest F1 on validation images; a half where too few of them show a label.

    Args:
        probabilities: `(N, classes) float32`.
        targets: `(N, classes) int64`, 1 where an image shows the label.
        labels: as users read them.
    """
    positives = targets.sum(axis=0)
    measured = (positives >= MIN_POSITIVES) & np.isfinite(probabilities).all(axis=0)
    values = tuple(
        best_f1_threshold(probabilities[:, at], targets[:, at]) if one else HALF
        for at, one in enumerate(measured)
    )
    few = [f"{label} ({n})" for label, n, one in zip(labels, positives, measured, strict=True) if not one]
    return FittedThresholds(values, _reason(few))


def best_f1_threshold(scores: NDArray[np.float32], positive: NDArray[np.int64]) -> float:
    """The threshold with the largest F1, half-way between two scores, within 0.05 and 0.95.

    Args:
        scores: `(N,) float32`, 0 to 1.
        positive: `(N,) int64`, 0 or 1; some are 1.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order].astype(np.float64)
    hits = np.cumsum(positive[order])
    f1 = 2 * hits / (np.arange(1, len(ranked) + 1) + positive.sum())
    below = np.append(ranked[1:], 0.0)
    f1[ranked == below] = 0  # no threshold separates equal scores
    best = int(f1.argmax())
    return float(np.clip((ranked[best] + below[best]) / 2, FLOOR, CEILING))


def _reason(few: Sequence[str]) -> str:
    if not few:
        return ""
    named = ", ".join(few[:5]) + (", ..." if len(few) > 5 else "")
    return (
        f"fewer than {MIN_POSITIVES} validation images show {named}: too few to choose a threshold, "
        f"so it is {HALF:g}"
    )
