"""When to answer 'unknown': a score that tells the classes from everything else, and its threshold.

The score is linear in a backbone's features and is fitted against negatives: images of none of the classes,
whole and in parts. It is a linear discriminant (LDA) with a shrunk covariance, which gives little weight to
directions that differ from class to class: what it finds is what all classes have in common. So a class that
nobody trained on is known by it, and so is a subject that fills a small part of a scene: with the model that
ships, 39 of 40 photos from another source (`edge/models/README.md`), where a logistic regression on whole
negatives recognised 31.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import interval_of
from edgebreed.edge.task import Rejection, RejectionScore

FOLDS = 5
SHRINKAGE = (
    0.2  # of the covariance towards a multiple of the identity; 0.1 and 0.3 are within two photos of 40
)
MAX_FALSE_POSITIVES = 0.02  # share of negatives that the threshold lets through
MIN_KEPT = 0.95  # share of validation images that it must keep
MOST_PASSED = 0.5  # where, to keep so many, more negatives may pass (95 % interval), there is no threshold
MIN_VALIDATION = 60  # 0 rejected of 60 shows that at most 5 % are, with 95 % confidence (rule of three)
LOOKS_KNOWN = 0.01  # a negative that scores above the lowest 1 % of validation images shows a class
ROUNDS = 3  # of finding such negatives
LEAST_USED = 0.25  # of the negatives: of crops of the classes alone, 9 in 103 were not recognised as such
TYPICAL_LOGIT = 4.0  # of the median validation image: 0.98; the threshold is at 0, a score of a half

Floats = NDArray[np.float32]
NO_NEGATIVES = "no negatives were given, and without them no threshold can be measured: pass --negatives"


@dataclass(frozen=True)
class InDistributionScore:
    """A linear score of features as a number in 0..1: `sigmoid(features @ weights + bias)`.

    Attributes:
        weights: `(features,) float32`.
        bias: added to the product.
    """

    weights: Floats
    bias: float

    def logits(self, features: Floats) -> Floats:
        """The score before the sigmoid, `(N,) float32`, of features `(N, features) float32`."""
        return np.asarray(features @ self.weights + self.bias, np.float32)

    def __call__(self, features: Floats) -> Floats:
        """Scores features `(N, features) float32` as `(N,) float32` in 0..1."""
        from scipy.special import expit

        return np.asarray(expit(self.logits(features)), np.float32)

    def scaled(self, factor: float, threshold: float) -> "InDistributionScore":
        """The same order of images, with what was `threshold` at 0 and distances multiplied."""
        weights = np.asarray(self.weights * np.float32(factor), np.float32)
        return InDistributionScore(weights, float((self.bias - threshold) * factor))


@dataclass(frozen=True)
class FittedRejection:
    """What was fitted.

    Attributes:
        score: tells the classes from everything else; its threshold is at a half.
        rejection: the threshold and what it was measured to do.
        used: of the negatives, which were fitted on; the others look like one of the classes, `(N,) bool`.
    """

    score: InDistributionScore
    rejection: Rejection
    used: NDArray[np.bool_]


class _Discriminant:
    """Fits linear discriminants of the same images against changing negatives.

    Two classes of equal weight (Fisher 1936) with a shrunk covariance (Friedman 1989). The classes' own
    covariance, which costs most, is computed once.
    """

    def __init__(self, inside: Floats) -> None:
        self._mean, self._covariance = _moments(inside)

    def fit(self, outside: Floats) -> InDistributionScore:
        """The score that tells the images from negatives `(N, features) float32`."""
        from scipy.linalg import solve

        mean, covariance = _moments(outside)
        pooled = (self._covariance + covariance) / 2
        spread = np.trace(pooled) / len(pooled) + 1e-12
        shrunk = (1 - SHRINKAGE) * pooled + SHRINKAGE * spread * np.eye(len(pooled))
        weights = solve(shrunk, self._mean - mean, assume_a="pos")
        bias = -float(weights @ (self._mean + mean)) / 2
        return InDistributionScore(weights.astype(np.float32), bias)

    def held_out(self, negatives: Floats, seed: int) -> Floats:
        """Scores of whole negatives by fits that did not see them or their parts, `(N,) float32`."""
        order = np.random.default_rng(seed).permutation(len(negatives))
        scores = np.empty(len(negatives), np.float32)
        for fold in range(FOLDS):
            held = order[fold::FOLDS]
            if len(held):
                score = self.fit(_rows(np.delete(negatives, held, axis=0)))
                scores[held] = score.logits(negatives[held, 0])
        return scores


def fit_rejection(train: Floats, valid: Floats, negatives: Floats, seed: int) -> FittedRejection:
    """Fits the score and measures its threshold.

    Negatives that cross-validation takes for one of the classes are left out and the rest is fitted again:
    real folders of 'other things' hold some.

    Args:
        train: features of training images, `(N, features) float32`.
        valid: features of validation images, for the threshold.
        negatives: features of negatives, `(N, 1 + parts, features) float32`: each whole, then parts of it.
        seed: of the folds.
    """
    discriminant, used = _Discriminant(train), np.ones(len(negatives), bool)
    for _ in range(ROUNDS):
        score = discriminant.fit(_rows(negatives[used]))
        outside = discriminant.held_out(negatives[used], seed)
        inside = score.logits(valid)
        shows_class = outside >= np.quantile(inside, LOOKS_KNOWN)
        if not shows_class.any() or used.sum() - shows_class.sum() < FOLDS:
            break
        used[used] = ~shows_class
    threshold = choose_threshold(inside, outside)
    factor = TYPICAL_LOGIT / max(float(np.median(inside)) - threshold, 1e-3)
    rejection = measured_rejection(inside - threshold, outside - threshold, 1 - float(used.mean()))
    return FittedRejection(score.scaled(factor, threshold), rejection, used)


def choose_threshold(inside: Floats, outside: Floats) -> float:
    """The lowest threshold that lets 2 % of negatives through at most, or else one that keeps 95 % of images.

    Args:
        inside: scores of validation images, `(N,) float32`.
        outside: scores of negatives, from fits that did not see them, `(N,) float32`.
    """
    passing = int(MAX_FALSE_POSITIVES * len(outside))
    strictest = np.nextafter(np.sort(outside)[len(outside) - 1 - passing], np.float32(np.inf))
    return float(min(strictest, np.quantile(inside, 1 - MIN_KEPT, method="lower")))


def measured_rejection(inside: Floats, outside: Floats, left_out: float = 0.0) -> Rejection:
    """What a threshold at a score of a half does; none where it could not be measured or is of no use.

    Args:
        inside: scores of validation images less the threshold, `(N,) float32`.
        outside: scores of negatives less the threshold, from fits that did not see them, `(N,) float32`.
        left_out: share of the negatives that look like the classes, which are not among these.
    """
    from sklearn.metrics import roc_auc_score

    target = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    measured = Rejection(
        score=RejectionScore.IN_DISTRIBUTION,
        threshold=0.5,
        kept=float((inside >= 0).mean()),
        auroc=float(roc_auc_score(target, np.concatenate([inside, outside]))),
        false_positive_rate=float((outside >= 0).mean()),
        negatives=len(outside),
    )
    reason = _why_none(measured, len(inside), left_out)
    return (
        replace(measured, threshold=None, kept=None, false_positive_rate=None, reason=reason)
        if reason
        else measured
    )


def no_rejection(reason: str) -> Rejection:
    """Answers every image with a class, because no threshold could be measured."""
    return Rejection(reason=reason)


def _why_none(measured: Rejection, validation: int, left_out: float) -> str:
    """Why a measured threshold is not handed over, in the order in which a user would mend it."""
    if validation < MIN_VALIDATION:
        return (
            f"{validation} validation images cannot measure a threshold: it takes {MIN_VALIDATION}; "
            "--unknown-below 0.5 sets one unmeasured"
        )
    if left_out > 1 - LEAST_USED:
        return (
            f"{left_out:.0%} of the negatives look like the classes, and a threshold is fitted where at most "
            f"{1 - LEAST_USED:.0%} do; give other negatives"
        )
    kept = measured.kept or 0.0
    if kept < MIN_KEPT:
        return (
            f"the negatives look like the classes: the threshold would withhold {1 - kept:.0%} of validation "
            f"images, and at most {1 - MIN_KEPT:.0%} are allowed; give other negatives"
        )
    passed = measured.false_positive_rate or 0.0
    most = interval_of(passed, measured.negatives)[1]
    if most > MOST_PASSED:
        return (
            f"the negatives look like the classes, or are too few: to keep {MIN_KEPT:.0%} of validation "
            f"images, {passed:.0%} of {measured.negatives} negatives would pass, and up to {most:.0%} of "
            "others; give other negatives, or more"
        )
    return ""


def _moments(rows: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean = rows.mean(axis=0, dtype=np.float64)
    centred = np.asarray(rows - mean, np.float32)
    return mean, np.asarray(centred.T @ centred, np.float64) / len(rows)


def _rows(negatives: Floats) -> Floats:
    """Whole negatives and their parts alike, `(N * (1 + parts), features)`."""
    return negatives.reshape(-1, negatives.shape[-1])
