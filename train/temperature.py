"""Temperature scaling, which calibrates a classifier's probabilities (Guo et al. 2017)."""

import numpy as np
from numpy.typing import NDArray


def fit_temperature(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The temperature with the smallest cross-entropy on validation images.

    Targets are smoothed by one image in `N + 2` (Platt 1999): without that, a validation set that is
    classified without a mistake would call for a temperature of 0.

    Args:
        logits: `(N, classes) float32`.
        labels: `(N,) int64`, or `(N, classes) int64` of multi-label images, see `dataset.targets_of`.

    Returns:
        A factor to divide logits by.
    """
    from scipy.optimize import minimize_scalar

    loss = _softmax_loss if labels.ndim == 1 else _sigmoid_loss
    fitted = minimize_scalar(
        lambda log_temperature: loss(logits / np.exp(log_temperature), labels),
        bounds=(-3, 3),
        method="bounded",
    )
    return float(np.exp(fitted.x))


def _softmax_loss(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    from scipy.special import logsumexp

    smoothing = 1 / (len(labels) + 2)

    right, any_class = logits[np.arange(len(labels)), labels], logits.mean(axis=1)
    return float((logsumexp(logits, axis=1) - (1 - smoothing) * right - smoothing * any_class).mean())


def _sigmoid_loss(logits: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    smoothing = 1 / (len(labels) + 2)
    targets = labels * (1 - smoothing) + smoothing / 2
    return float((np.logaddexp(0, logits) - targets * logits).mean())
