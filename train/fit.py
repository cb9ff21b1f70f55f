"""Fits a Keras model and keeps its history."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec
from edgebreed.signals import stop_signals
from edgebreed.train import pixels
from edgebreed.train.augment import Augmentation, AugmentedPhotos
from edgebreed.train.callbacks import progress_callback, tensorboard_callback, whole_epochs
from edgebreed.train.checkpoint import Checkpoint
from edgebreed.train.config import History
from edgebreed.train.dataset import Dataset, Labelled, labels_of
from edgebreed.train.keras_setup import keras

LABEL_SMOOTHING = 0.1  # Szegedy et al. 2016; also blunts the wrong labels that every real data set holds
MIXUP = 0.2
SIDE_SHARES = (0.5625, 0.8125)  # of the model's own side: 72 and 104 px for 128
SMALLEST_SIDE = 32
SMALL_EPOCHS = 0.6


@dataclass(frozen=True)
class FitSettings:
    """How to fit.

    Attributes:
        epochs: passes over the training photos.
        batch: photos a step.
        learning_rate: of RMSprop at the start; it falls to 0 along a cosine.
        momentum: of RMSprop.
        weight_decay: decoupled (Loshchilov & Hutter 2019), of kernels alone.
        logs: folder of TensorBoard events; None writes none.
        seed: of initial weights, order and augmentation.
    """

    epochs: int
    batch: int
    learning_rate: float
    seed: int
    momentum: float = 0.0
    weight_decay: float | None = None
    logs: Path | None = None

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 1:
            raise ValueError(f"{self.epochs} epochs of batches of {self.batch}: both must be at least 1")


def load_labelled(data: Dataset, split: str, spec: InputSpec) -> Labelled:
    """The photos of a split, `(N, H, W, 3) uint8 RGB`, with their labels."""
    photos = data.photos(split)
    return Labelled(pixels.load([photo.path for photo in photos], spec), labels_of(photos))


def fit_features(model: Any, train: Labelled, valid: Labelled | None, settings: FitSettings) -> History:
    """Fits a head on features; the weights of the last epoch stay.

    Args:
        model: from features to logits.
        train: features to learn from.
        valid: measured after each epoch.
        settings: how to fit.

    Returns:
        Loss and accuracy by epoch.
    """
    _compile(model, settings, len(train.labels))
    history = model.fit(
        train.inputs,
        _one_hot(train.labels, model),
        batch_size=settings.batch,
        epochs=settings.epochs,
        validation_data=None if valid is None else (valid.inputs, _one_hot(valid.labels, model)),
        callbacks=[progress_callback("head", settings.epochs), *_logging(settings)],
        verbose=0,
    )
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def fit_photos(
    model: Any,
    train: Labelled,
    valid: Labelled,
    settings: FitSettings,
    kept: Checkpoint,
    sides: list[tuple[int, int]],
) -> History:
    """Fits a network on augmented photos; the weights of the best validation epoch stay.

    It goes on from what the checkpoint holds, and ends early, with its whole epochs, on Ctrl-C or SIGTERM:
    the checkpoint tells whether it is done.

    Args:
        model: from photos of any side to logits.
        train: photos to learn from.
        valid: photos that the best epoch is chosen by.
        settings: how to fit.
        kept: where the fit stands.
        sides: side in px of the training photos, and the epoch up to which it holds.

    Raises:
        KeyboardInterrupt: a signal came before the first epoch was whole.
    """
    _compile(model, settings, len(train.labels))
    model.optimizer.build(model.trainable_variables)  # weights are kept with its state, and read with it
    if kept.keep_start:
        kept.start(model, model.evaluate(valid.inputs, _one_hot(valid.labels, model), verbose=0)[0])
    with stop_signals() as came:
        for side, last in sides:
            if not came and not kept.is_done(last):
                _fit_side(model, train, valid, replace(settings, epochs=last), _Stage(side, kept, came))
        if came and not kept.history():
            raise KeyboardInterrupt
    kept.finish(model)
    return kept.history()


@dataclass(frozen=True)
class _Stage:
    """Epochs of one size: its side in px, where the fit stands, and the signals that came."""

    side: int
    kept: Checkpoint
    came: list[int]


def _fit_side(model: Any, train: Labelled, valid: Labelled, settings: FitSettings, stage: _Stage) -> None:
    begun = len(stage.kept.history().get("loss", ()))
    how = Augmentation(stage.side, MIXUP, settings.seed, begun)
    title = f"network at {stage.side} px"
    told = [progress_callback(title, settings.epochs), *_logging(settings), *stage.kept.callbacks()]
    model.fit(
        AugmentedPhotos(train.inputs, _one_hot(train.labels, model), settings.batch, how),
        validation_data=(valid.inputs, _one_hot(valid.labels, model)),
        initial_epoch=begun,
        epochs=settings.epochs,
        callbacks=[whole_epochs(told, stage.came, lambda: stage.kept.is_done(settings.epochs))],
        verbose=0,
    )


def progressive_sides(side: int, epochs: int) -> list[tuple[int, int]]:
    """Side in px of the training photos, and the epoch up to which it holds.

    Small first, so that the many early epochs are cheap (progressive resizing, Tan & Le 2021), and below the
    model's own side to the end, as crops show things larger than whole photos do (Touvron et al. 2019).
    """
    small, large = (max(SMALLEST_SIDE, round(side * share / 8) * 8) for share in SIDE_SHARES)
    return [(small, round(epochs * SMALL_EPOCHS)), (large, epochs)]


def _compile(model: Any, settings: FitSettings, images: int) -> None:
    steps = settings.epochs * -(-images // settings.batch)
    optimizer = keras.optimizers.RMSprop(
        keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps),
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    model.compile(
        optimizer,
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=LABEL_SMOOTHING),
        metrics=["accuracy"],
    )


def _logging(settings: FitSettings) -> list[Any]:
    return [] if settings.logs is None else [tensorboard_callback(settings.logs)]


def _one_hot(labels: NDArray[np.int64], model: Any) -> NDArray[np.float32]:
    return np.eye(model.output_shape[-1], dtype=np.float32)[labels]
