"""Fits a Keras model and keeps its history."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.signals import stop_signals
from edgebreed.train.augment import AugmentedPhotos
from edgebreed.train.callbacks import progress_callback, stop_callback
from edgebreed.train.checkpoint import Checkpoint
from edgebreed.train.keras_setup import keras

LABEL_SMOOTHING = 0.1  # Szegedy et al. 2016; also blunts the wrong labels that every real data set holds
STEPS_PER_EXECUTION = 16  # a step of a head is far cheaper than the way from Python into the graph


@dataclass(frozen=True)
class FitSettings:
    """How to fit.

    Attributes:
        epochs: passes over the training photos.
        batch: photos a step.
        learning_rate: of RMSprop at the start; it falls to 0 along a cosine.
        seed: of initial weights, order and augmentation.
    """

    epochs: int
    batch: int
    learning_rate: float
    seed: int

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 1:
            raise ValueError(f"{self.epochs} epochs of batches of {self.batch}: both must be at least 1")


@dataclass(frozen=True)
class Labelled:
    """Inputs and class indices: `(N, ...)` and `(N,) int64`."""

    inputs: NDArray[Any]
    labels: NDArray[np.int64]


History = dict[str, list[float]]
"""Loss and accuracy by epoch, as Keras names them."""


def fit_features(model: Any, train: Labelled, valid: Labelled | None, settings: FitSettings) -> History:
    """Fits a head on features; the weights of the best validation epoch stay, without validation the last."""
    targets = _one_hot(train.labels, model)
    _compile(model, len(train.labels), settings, STEPS_PER_EXECUTION)
    data = {"x": train.inputs, "y": targets, "batch_size": settings.batch}
    return _fit(model, data, valid, settings, "head")


def fit_photos(
    model: Any, train: Labelled, valid: Labelled, settings: FitSettings, kept: Checkpoint
) -> History:
    """Fits a network on augmented photos; the weights of the best validation epoch stay.

    It goes on from what the checkpoint holds, and ends early, with what it has, on Ctrl-C or SIGTERM.

    Raises:
        KeyboardInterrupt: a signal came before the first epoch was whole.
    """
    targets = _one_hot(train.labels, model)
    _compile(model, len(train.labels), settings)
    data = {
        "x": AugmentedPhotos(train.inputs, targets, settings.batch, settings.seed),
        "validation_data": (valid.inputs, _one_hot(valid.labels, model)),
    }
    with stop_signals() as came:
        callbacks = [progress_callback("network", settings.epochs), stop_callback(came), *kept.callbacks()]
        model.fit(**data, epochs=settings.epochs, callbacks=callbacks, verbose=0)
        if came and not kept.history():
            raise KeyboardInterrupt
    kept.finish(model)
    return kept.history()


def _compile(model: Any, count: int, settings: FitSettings, steps_per_execution: int = 1) -> None:
    steps = settings.epochs * -(-count // settings.batch)
    model.compile(
        keras.optimizers.RMSprop(keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution,
    )


def _fit(
    model: Any, data: dict[str, Any], valid: Labelled | None, settings: FitSettings, title: str
) -> History:
    callbacks = [progress_callback(title, settings.epochs)]
    if valid is not None:
        data = {**data, "validation_data": (valid.inputs, _one_hot(valid.labels, model))}
        # It never stops early: its patience is all the epochs; it keeps the best weights.
        callbacks.append(
            keras.callbacks.EarlyStopping("val_loss", patience=settings.epochs, restore_best_weights=True)
        )
    history = model.fit(**data, epochs=settings.epochs, callbacks=callbacks, verbose=0)
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def _one_hot(labels: NDArray[np.int64], model: Any) -> NDArray[np.float32]:
    return np.eye(model.output_shape[-1], dtype=np.float32)[labels]


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities `(N, classes) float32` of logits of the same shape."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
