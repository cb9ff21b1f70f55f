"""Signal-to-noise ratio, in dB."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

NOISELESS_DB = 120.0  # stands for no difference, and for one below float32's last bit


def ratio_db(signal: float, noise: float) -> float:
    """Ten times the decimal logarithm of signal over noise power, `NOISELESS_DB` at most."""
    if noise <= 0 or signal <= 0:
        return NOISELESS_DB if noise <= 0 else -NOISELESS_DB
    return float(min(NOISELESS_DB, 10 * np.log10(signal / noise)))


def powers(reference: NDArray[Any], values: NDArray[Any]) -> tuple[float, float]:
    """Signal and noise power of values against a reference of the same shape."""
    exact = reference.astype(np.float64)
    return float((exact**2).sum()), float(((exact - values) ** 2).sum())


def answers_db(reference: NDArray[np.float32], answers: NDArray[np.float32]) -> float:
    """The ratio for probabilities `(N, classes)`, on their logarithms less each row's mean.

    These are the logits that a softmax was made of, on which noise shows before a label changes.
    """
    logits, noisy = (np.log(np.maximum(rows.astype(np.float64), 1e-7)) for rows in (reference, answers))
    centred = [rows - rows.mean(axis=1, keepdims=True) for rows in (logits, noisy)]
    return ratio_db(*powers(centred[0], centred[1]))
