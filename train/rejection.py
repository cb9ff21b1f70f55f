"""When to answer 'unknown': a score that tells the classes from everything else, and its threshold."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.task import Rejection, RejectionScore

FOLDS = 5
INSIDE_SHARE = 10  # images of the classes for each negative; more of them cost time and move nothing
MIN_VALIDATION = 60  # 0 rejected of 60 shows that at most 5 % are, with 95 % confidence (rule of three)


@dataclass(frozen=True)
class InDistributionScore:
    """A logistic regression on features: `sigmoid(features @ weights + bias)`.

    Attributes:
        weights: `(features,) float32`.
        bias: added to the product.
    """

    weights: NDArray[np.float32]
    bias: float

    def __call__(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores `(N, features) float32` as `(N,) float32` in 0..1."""
        return np.asarray(1 / (1 + np.exp(-(features @ self.weights + self.bias))), np.float32)


def fit_in_distribution(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> InDistributionScore:
    """Fits images of the classes against negatives, both `(N, features) float32`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    inside = inside[:: max(1, len(inside) // (INSIDE_SHARE * max(1, len(outside))))]
    rows = np.concatenate([inside, outside])
    target = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=0.01, class_weight="balanced", max_iter=1000).fit(
        scaler.transform(rows), target
    )
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - weights @ scaler.mean_)
    return InDistributionScore(weights.astype(np.float32), bias)


def cross_validated_scores(
    inside: NDArray[np.float32], outside: NDArray[np.float32], seed: int
) -> NDArray[np.float32]:
    """Scores of negatives by fits that did not see them, `(N,) float32`."""
    order = np.random.default_rng(seed).permutation(len(outside))
    scores = np.empty(len(outside), np.float32)
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        if len(held):
            scores[held] = fit_in_distribution(inside, np.delete(outside, held, axis=0))(outside[held])
    return scores


def fit_rejection(
    train: NDArray[np.float32], valid: NDArray[np.float32], outside: NDArray[np.float32], seed: int
) -> tuple[InDistributionScore, Rejection]:
    """The score that tells the classes from everything else, and its threshold.

    Args:
        train: features of training images, `(N, features) float32`.
        valid: features of validation images, for the threshold.
        outside: features of negatives.
        seed: of the folds.
    """
    score = fit_in_distribution(train, outside)
    held_out = cross_validated_scores(train, outside, seed)
    return score, rejection_with_negatives(score(valid), held_out)


def rejection_with_negatives(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> Rejection:
    """The threshold with the largest share of classes kept less share of negatives let through (Youden 1950).

    With fewer than 60 validation images there is none: they could not show what it withholds.

    Args:
        inside: scores of validation images of the classes, `(N,) float32`.
        outside: scores of negatives, from fits that did not see them, `(N,) float32`.
    """
    from sklearn.metrics import roc_auc_score

    values = np.unique(np.concatenate([inside, outside, [0.0, 1.0]]))
    middles = (values[1:] + values[:-1]) / 2
    kept = (inside[None] >= middles[:, None]).mean(axis=1)
    passed = (outside[None] >= middles[:, None]).mean(axis=1)
    best = np.flatnonzero(kept - passed >= (kept - passed).max() - 1e-12)
    choice = best[len(best) // 2]
    target = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    measured = Rejection(
        score=RejectionScore.IN_DISTRIBUTION,
        threshold=float(middles[choice]),
        kept=float(kept[choice]),
        auroc=float(roc_auc_score(target, np.concatenate([inside, outside]))),
        false_positive_rate=float(passed[choice]),
        negatives=len(outside),
    )
    if len(inside) >= MIN_VALIDATION:
        return measured
    reason = f"{len(inside)} validation images cannot measure a threshold: it takes {MIN_VALIDATION}"
    return replace(measured, threshold=None, kept=None, false_positive_rate=None, reason=reason)


def no_rejection(reason: str) -> Rejection:
    """Answers every image with a class, because no threshold could be measured."""
    return Rejection(reason=reason)


NO_NEGATIVES = "no negatives were given, and without them no threshold can be measured: pass --negatives"
