"""Honest probabilities, and the line between the classes and everything else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.manifest import Rejection, RejectionScore

KEPT_WITHOUT_NEGATIVES = 0.95
FOLDS = 5
INSIDE_SHARE = 10  # photos of the classes for each of neither kind; more of them cost time and move nothing


@dataclass(frozen=True)
class KnownScore:
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


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature that makes validation probabilities likeliest (Guo et al. 2017).

    Targets are smoothed by one photo in `N + 2` (Platt 1999), so that a validation set without a mistake
    does not ask for certainty.

    Args:
        logits: `(N, classes) float32`.
        labels: `(N,) int64`.

    Returns:
        A factor to divide logits by.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    doubt = 1 / (len(labels) + 2)

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        right, any_class = scaled[np.arange(len(labels)), labels], scaled.mean(axis=1)
        return float((logsumexp(scaled, axis=1) - (1 - doubt) * right - doubt * any_class).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def fit_known(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> KnownScore:
    """Fits photos of the classes against photos of neither kind, both `(N, features) float32`."""
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
    return KnownScore(weights.astype(np.float32), bias)


def cross_validated_scores(
    inside: NDArray[np.float32], outside: NDArray[np.float32], seed: int
) -> NDArray[np.float32]:
    """Scores of photos of neither kind by fits that did not see them, `(N,) float32`."""
    order = np.random.default_rng(seed).permutation(len(outside))
    scores = np.empty(len(outside), np.float32)
    for fold in range(FOLDS):
        held = order[fold::FOLDS]
        if len(held):
            scores[held] = fit_known(inside, np.delete(outside, held, axis=0))(outside[held])
    return scores


def fit_rejection(
    train: NDArray[np.float32], valid: NDArray[np.float32], outside: NDArray[np.float32], seed: int
) -> tuple[KnownScore, Rejection]:
    """The score that tells the classes from everything else, and its threshold.

    Args:
        train: features of training photos, `(N, features) float32`.
        valid: features of validation photos, for the threshold.
        outside: features of photos of neither kind.
        seed: of the folds.
    """
    known = fit_known(train, outside)
    held_out = cross_validated_scores(train, outside, seed)
    return known, rejection_with_negatives(known(valid), held_out)


def rejection_with_negatives(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> Rejection:
    """The threshold with the largest share of classes kept less share of negatives let through (Youden 1950).

    Args:
        inside: scores of validation photos of the classes, `(N,) float32`.
        outside: scores of photos of neither kind, from fits that did not see them, `(N,) float32`.
    """
    from sklearn.metrics import roc_auc_score

    values = np.unique(np.concatenate([inside, outside, [0.0, 1.0]]))
    middles = (values[1:] + values[:-1]) / 2
    kept = (inside[None] >= middles[:, None]).mean(axis=1)
    passed = (outside[None] >= middles[:, None]).mean(axis=1)
    best = np.flatnonzero(kept - passed >= (kept - passed).max() - 1e-12)
    choice = best[len(best) // 2]
    target = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    return Rejection(
        score=RejectionScore.KNOWN,
        threshold=float(middles[choice]),
        kept=float(kept[choice]),
        auroc=float(roc_auc_score(target, np.concatenate([inside, outside]))),
        false_positive_rate=float(passed[choice]),
        negatives=len(outside),
    )


def rejection_without_negatives(probabilities: NDArray[np.float32]) -> Rejection:
    """The largest probability that keeps 95 % of validation photos `(N, classes) float32`."""
    scores = probabilities.max(axis=1)
    threshold = float(np.quantile(scores, 1 - KEPT_WITHOUT_NEGATIVES, method="lower"))
    return Rejection(RejectionScore.MAX_PROBABILITY, threshold, kept=float((scores >= threshold).mean()))
