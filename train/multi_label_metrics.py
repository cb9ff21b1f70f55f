"""Accuracy of a multi-label classifier, from its probabilities and the thresholds of its labels."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import interval_of, wilson_interval
from edgebreed.edge.decision import are_present
from edgebreed.train.classification_metrics import ECE_BINS, confidence_bins

Interval = tuple[float, float]


@dataclass(frozen=True)
class LabelScores:
    """How well one label is recognised.

    Attributes:
        n: number of images that show it.
        predicted: number of images that it was found in.
        hits: number of both.
        threshold: the probability from which on it is found.
        average_precision: area under the precision-recall curve; None where no image shows it.
        recall: share of the images that show it in which it was found; None where none does.
        recall_interval: its 95 % interval.
        precision: share of the images that it was found in which show it; None where it was found in none.
        precision_interval: its 95 % interval.
        f1: harmonic mean of both; None where no image shows it.
    """

    n: int
    predicted: int
    hits: int
    threshold: float
    average_precision: float | None
    recall: float | None
    recall_interval: Interval | None
    precision: float | None
    precision_interval: Interval | None
    f1: float | None


@dataclass(frozen=True)
class MultiLabelMetrics:
    """Accuracy on images that show several labels or none.

    Attributes:
        n: number of images.
        mean_average_precision: mean of the labels' average precision (mAP), those without an image left out;
            None where no image shows any.
        subset_accuracy: share of images of which exactly the right labels were found.
        subset_accuracy_interval: its 95 % interval.
        micro_f1: F1 over all pairs of image and label; None where no image shows a label.
        macro_f1: mean F1 of the labels; None where a label has no image.
        ece: expected calibration error over all pairs of image and label, with 15 equal-width bins.
        by_label: scores of every label.
        untested_labels: labels that no image shows, of which nothing is known.
    """

    n: int
    mean_average_precision: float | None
    subset_accuracy: float
    subset_accuracy_interval: Interval
    micro_f1: float | None
    macro_f1: float | None
    ece: float
    by_label: dict[str, LabelScores]
    untested_labels: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def measure_labels(
    probabilities: NDArray[np.float32],
    targets: NDArray[np.int64],
    labels: Sequence[str],
    thresholds: Sequence[float],
) -> MultiLabelMetrics:
    """Metrics of probabilities against what the images show.

    Args:
        probabilities: `(N, classes) float32`.
        targets: `(N, classes) int64`, 1 where the image shows the label.
        labels: names of the classes.
        thresholds: one a class.
    """
    found, shown = are_present(probabilities, thresholds), targets.astype(bool)
    subset = subset_accuracy(probabilities, targets, thresholds)
    scores = [
        _label_scores(probabilities[:, at], shown[:, at], found[:, at], thresholds[at])
        for at in range(len(labels))
    ]
    f1 = [one.f1 for one in scores if one.f1 is not None]
    return MultiLabelMetrics(
        n=len(targets),
        mean_average_precision=mean_average_precision(probabilities, targets),
        subset_accuracy=subset,
        subset_accuracy_interval=interval_of(subset, len(targets)),
        micro_f1=_f1(int((found & shown).sum()), int(shown.sum()), int(found.sum())),
        macro_f1=float(np.mean(f1)) if len(f1) == len(scores) else None,
        ece=_calibration_error(probabilities, shown),
        by_label=dict(zip(labels, scores, strict=True)),
        untested_labels=tuple(name for name, one in zip(labels, scores, strict=True) if not one.n),
    )


def subset_accuracy(
    probabilities: NDArray[np.float32], targets: NDArray[np.int64], thresholds: Sequence[float]
) -> float:
    """Share of images of which exactly the right labels were found; the arguments as `measure_labels`."""
    return float((are_present(probabilities, thresholds) == targets.astype(bool)).all(axis=1).mean())


def mean_average_precision(probabilities: NDArray[np.float32], targets: NDArray[np.int64]) -> float | None:
    """Mean of the average precision of those labels that some image shows; None where no image shows any."""
    scores = (
        average_precision(probabilities[:, at], targets[:, at].astype(bool)) for at in range(targets.shape[1])
    )
    known = [score for score in scores if score is not None]
    return float(np.mean(known)) if known else None


def average_precision(scores: NDArray[np.float32], positive: NDArray[np.bool_]) -> float | None:
    """Area under the precision-recall curve, as a sum of steps; None without a positive.

    scikit-learn has it too (`average_precision_score`), but `evaluate` measures exported files on devices,
    which do without it.

    Args:
        scores: `(N,) float32`.
        positive: `(N,) bool`.
    """
    if not positive.any() or not np.isfinite(scores).all():
        return None
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(positive[order])
    ends = np.append(ranked[1:] != ranked[:-1], True)  # images of equal scores come in together
    precision = (hits / np.arange(1, len(hits) + 1))[ends]
    recall = hits[ends] / hits[-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def _label_scores(
    scores: NDArray[np.float32], shown: NDArray[np.bool_], found: NDArray[np.bool_], threshold: float
) -> LabelScores:
    n, predicted, hits = int(shown.sum()), int(found.sum()), int((shown & found).sum())
    return LabelScores(
        n=n,
        predicted=predicted,
        hits=hits,
        threshold=threshold,
        average_precision=average_precision(scores, shown),
        recall=hits / n if n else None,
        recall_interval=wilson_interval(hits, n) if n else None,
        precision=hits / predicted if predicted else None,
        precision_interval=wilson_interval(hits, predicted) if predicted else None,
        f1=_f1(hits, n, predicted),
    )


def _f1(hits: int, n: int, predicted: int) -> float | None:
    return 2 * hits / (n + predicted) if n else None


def _calibration_error(probabilities: NDArray[np.float32], shown: NDArray[np.bool_]) -> float:
    """No number where one of the probabilities is none, as those of a fit that diverged."""
    if not np.isfinite(probabilities).all():
        return math.nan
    values, right = probabilities.ravel(), shown.ravel()
    bins = confidence_bins(values, ECE_BINS)
    gaps = (abs(values[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    return float(sum(gaps))
