"""The linear head of a transfer, fitted in NumPy: to trace it takes Keras longer than the fit takes here."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgebreed.progress import track
from edgebreed.train.config import History
from edgebreed.train.dataset import Labelled
from edgebreed.train.metrics import softmax

LABEL_SMOOTHING = 0.1  # Szegedy et al. 2016; also blunts the wrong labels that every real data set holds
DROPOUT = 0.5
LEARNING_RATE = 1e-3
LAST_SHARE = 0.25  # of the epochs, with the validation photos among the training photos
MEMORY = 0.9  # of RMSprop, and the smallest number that it divides by, both as Keras has them
EPSILON = 1e-7

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """Features to logits.

    Attributes:
        kernel: `(F, classes) float32`.
        bias: `(classes,) float32`.
    """

    kernel: Floats
    bias: Floats

    def __call__(self, features: Floats) -> Floats:
        """Logits `(N, classes) float32` of features `(N, F) float32`."""
        return np.asarray(features @ self.kernel + self.bias, np.float32)

    def copy(self) -> "Head":
        """One that later steps do not change."""
        return Head(self.kernel.copy(), self.bias.copy())


def zeros(width: int, classes: int) -> Head:
    """A head that has learnt nothing, from `width` features."""
    return Head(np.zeros((width, classes), np.float32), np.zeros(classes, np.float32))


class HeadFit:
    """A head that learns by RMSprop (Hinton 2012) with dropout and smoothed labels.

    All photos of a step drop the same features, which is as good, and halves the work.

    Args:
        width: number of features.
        classes: number of logits.
        seed: of order and dropout.
    """

    def __init__(self, width: int, classes: int, seed: int) -> None:
        self.head = zeros(width, classes)
        self._squares = zeros(width, classes)
        self._generator = np.random.default_rng(seed)

    def learn(self, photos: Labelled, epochs: int, valid: Labelled | None = None) -> History:
        """Goes over features `(N, F) float32` with their labels; the learning rate falls to 0 along a cosine.

        A step takes 256 photos, fewer of small data sets, whose epochs would else have too few steps; the
        learning rate grows with the batch (Goyal et al. 2017), from that of 64 photos on.

        Args:
            photos: what to learn from.
            epochs: passes over them.
            valid: the head of the epoch that answers these best stays; without them the last one's.

        Returns:
            Loss, accuracy and learning rate by epoch.
        """
        batch = max(8, min(256, len(photos.labels) // 16))
        peak = LEARNING_RATE * max(1.0, batch / 64)
        history: History = {}
        best, least = self.head, math.inf
        for epoch in track(range(epochs), "head" if valid else "head, all photos", epochs):
            rate = peak * (1 + math.cos(math.pi * (epoch + 0.5) / epochs)) / 2
            loss, accuracy = self._epoch(photos, batch, rate)
            told = {"loss": loss, "accuracy": accuracy, "learning_rate": rate}
            if valid is not None:
                logits = self.head(valid.inputs)
                told["val_loss"], told["val_accuracy"] = _score(logits, valid.labels)
                if told["val_loss"] < least:
                    best, least = self.head.copy(), told["val_loss"]
            for name, value in told.items():
                history.setdefault(name, []).append(value)
        if valid is not None:
            self.head = best
        return history

    def _epoch(self, photos: Labelled, batch: int, rate: float) -> tuple[float, float]:
        scores = []
        for rows in self._batches(len(photos.labels), batch):
            kept = np.flatnonzero(self._generator.random(len(self.head.kernel)) >= DROPOUT)
            inputs = np.asarray(photos.inputs[np.ix_(rows, kept)] / (1 - DROPOUT), np.float32)
            logits = np.asarray(inputs @ self.head.kernel[kept] + self.head.bias, np.float32)
            scores.append((len(rows), *_score(logits, photos.labels[rows])))
            slope = (softmax(logits) - _smoothed(photos.labels[rows], logits.shape[1])) / len(rows)
            _step(self.head.kernel, self._squares.kernel, kept, np.asarray(inputs.T @ slope), rate)
            _step(self.head.bias, self._squares.bias, slice(None), slope.sum(axis=0), rate)
        weights, losses, accuracies = np.array(scores).T
        return float(np.average(losses, weights=weights)), float(np.average(accuracies, weights=weights))

    def _batches(self, photos: int, batch: int) -> Iterator[NDArray[np.int64]]:
        order = self._generator.permutation(photos)
        for start in range(0, photos, batch):
            yield order[start : start + batch]


def _step(
    weights: Floats, squares: Floats, kept: NDArray[np.int64] | slice, gradient: Floats, rate: float
) -> None:
    squares *= MEMORY
    squares[kept] += np.float32(1 - MEMORY) * gradient**2
    weights[kept] -= np.float32(rate) * gradient / np.sqrt(squares[kept] + np.float32(EPSILON))


def _smoothed(labels: NDArray[np.int64], classes: int) -> Floats:
    return np.eye(classes, dtype=np.float32)[labels] * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / classes


def _score(logits: Floats, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Loss with smoothed labels, and accuracy."""
    likelihoods = np.log(np.maximum(softmax(logits), np.finfo(np.float32).tiny))
    loss = -(likelihoods * _smoothed(labels, logits.shape[1])).sum(axis=1).mean()
    return float(loss), float((logits.argmax(axis=1) == labels).mean())
