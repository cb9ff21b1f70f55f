"""Fits a Keras model on features or on images."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from edgebreed.edge.preprocess import InputSpec
from edgebreed.progress import bar
from edgebreed.signals import stop_signals
from edgebreed.train.augment import Augmentation, AugmentedImages
from edgebreed.train.checkpoint import Checkpoint
from edgebreed.train.config import History
from edgebreed.train.dataset import Dataset, LabelledArrays, labels_of
from edgebreed.train.image_loader import load_images
from edgebreed.train.keras_setup import keras

LABEL_SMOOTHING = 0.1  # Szegedy et al. 2016; also limits the harm of wrong labels, which every data set has
MIXUP = 0.2
SIDE_SHARES = (0.5625, 0.8125)  # of the model's own side: 72 and 104 px for 128
SMALLEST_SIDE = 32  # px
SMALL_EPOCHS = 0.6  # share of the epochs at the smaller side


@dataclass(frozen=True)
class FitSettings:
    """How to fit.

    Attributes:
        epochs: passes over the training images.
        batch: images a step.
        learning_rate: of RMSprop at the start; it falls to 0 along a cosine.
        seed: of order and augmentation.
        momentum: of RMSprop.
        weight_decay: decoupled (Loshchilov & Hutter 2019), of kernels only.
        logs: folder of TensorBoard events; None writes none.
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


def load_labelled(data: Dataset, split: str, spec: InputSpec) -> LabelledArrays:
    """The images of a split, `(N, H, W, 3) uint8 RGB`, with their labels."""
    images = data.images(split)
    return LabelledArrays(load_images([image.path for image in images], spec), labels_of(images))


def fit_features(
    model: Any, train: LabelledArrays, valid: LabelledArrays | None, settings: FitSettings
) -> History:
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
        callbacks=_reporting("head", settings),
        verbose=0,
    )
    return {name: [float(value) for value in values] for name, values in history.history.items()}


def fit_images(
    model: Any,
    train: LabelledArrays,
    valid: LabelledArrays,
    settings: FitSettings,
    checkpoint: Checkpoint,
    sides: list[tuple[int, int]],
) -> History:
    """Fits a network on augmented images; the weights of the best validation epoch stay.

    It continues from the checkpoint. On Ctrl-C or SIGTERM it ends early and keeps its complete epochs; the
    checkpoint says whether it is done.

    Args:
        model: from images of any side to logits.
        train: images to learn from.
        valid: images that the best epoch is chosen by.
        settings: how to fit.
        checkpoint: where it continues, and where its state is kept.
        sides: side in px of the training images, and the epoch up to which it is used.

    Raises:
        KeyboardInterrupt: a signal came before the first epoch was complete.
    """
    _compile(model, settings, len(train.labels))
    model.optimizer.build(
        model.trainable_variables
    )  # checkpoints hold its state, so it must exist to read one
    if checkpoint.keep_start:
        checkpoint.start(model, model.evaluate(valid.inputs, _one_hot(valid.labels, model), verbose=0)[0])
    with stop_signals() as received:
        for side, last in sides:
            if not received and not checkpoint.is_done(last):
                stage = _SideStage(side, checkpoint, received)
                _fit_side(model, train, valid, replace(settings, epochs=last), stage)
        if received and not checkpoint.history():
            raise KeyboardInterrupt
    checkpoint.finish(model)
    return checkpoint.history()


@dataclass(frozen=True)
class _SideStage:
    """Epochs at one size: its side in px, the checkpoint, and the signals that were received."""

    side: int
    checkpoint: Checkpoint
    received: list[int]


def _fit_side(
    model: Any, train: LabelledArrays, valid: LabelledArrays, settings: FitSettings, stage: _SideStage
) -> None:
    checkpoint = stage.checkpoint
    first = len(checkpoint.history().get("loss", ()))
    augmentation = Augmentation(stage.side, MIXUP, settings.seed, first)
    callbacks = [*_reporting(f"network at {stage.side} px", settings), *checkpoint.callbacks()]
    model.fit(
        AugmentedImages(train.inputs, _one_hot(train.labels, model), settings.batch, augmentation),
        validation_data=(valid.inputs, _one_hot(valid.labels, model)),
        initial_epoch=first,
        epochs=settings.epochs,
        callbacks=[complete_epochs(callbacks, stage.received, lambda: checkpoint.is_done(settings.epochs))],
        verbose=0,
    )


def progressive_sides(side: int, epochs: int) -> list[tuple[int, int]]:
    """Side in px of the training images, and the epoch up to which it is used.

    It starts small, so that the many early epochs are cheap (progressive resizing, Tan & Le 2021), and stays
    below the model's own side to the end, as crops show objects larger than whole images do (Touvron et al.
    2019).
    """
    small, large = (max(SMALLEST_SIDE, round(side * share / 8) * 8) for share in SIDE_SHARES)
    return [(small, round(epochs * SMALL_EPOCHS)), (large, epochs)]


def progress_callback(title: str, epochs: int) -> Any:
    """A Keras callback that draws one progress bar over all epochs on a terminal, with loss and accuracy."""
    progress = bar(Console(file=sys.stderr))
    task = progress.add_task(title, total=epochs)

    def advance(epoch: int, logs: dict[str, float]) -> None:
        accuracy = logs.get("val_accuracy", logs["accuracy"])
        text = f"{title}: loss {logs['loss']:.3f}, accuracy {accuracy:.1%}"
        progress.update(task, completed=epoch + 1, description=text)

    return keras.callbacks.LambdaCallback(
        on_train_begin=lambda _: progress.start(),
        on_epoch_end=advance,
        on_train_end=lambda _: progress.stop(),
    )


def tensorboard_callback(folder: Path) -> Any:
    """A Keras callback that writes each epoch's loss and accuracy as TensorBoard events into a folder."""
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(folder), write_to_disk=True)

    def write(epoch: int, logs: dict[str, float]) -> None:
        for name, value in logs.items():
            writer.add_scalar(name, value, epoch + 1)

    return keras.callbacks.LambdaCallback(on_epoch_end=write, on_train_end=lambda _: writer.close())


def complete_epochs(callbacks: list[Any], received: list[int], done: Callable[[], bool]) -> Any:
    """A Keras callback that stops the fit on a signal, and passes complete epochs on to other callbacks.

    Keras ends an epoch that was cut off in the same way as a complete one. The signal is looked up once an
    epoch, so that either all other callbacks see the epoch or none does.

    Args:
        callbacks: the others.
        received: filled by `edgebreed.signals.stop_signals`; the fit ends after the current step.
        done: whether the fit ends with the epoch that was just passed on.
    """

    class CompleteEpochs(keras.callbacks.CallbackList):  # type: ignore[misc]  # Keras ships no type information
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = bool(received)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if not received:
                super().on_epoch_end(epoch, logs)
            self.model.stop_training = bool(received) or done()

    return CompleteEpochs(callbacks)


def _reporting(title: str, settings: FitSettings) -> list[Any]:
    logging = [] if settings.logs is None else [tensorboard_callback(settings.logs)]
    return [progress_callback(title, settings.epochs), *logging]


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


def _one_hot(labels: NDArray[np.int64], model: Any) -> NDArray[np.float32]:
    return np.eye(model.output_shape[-1], dtype=np.float32)[labels]
