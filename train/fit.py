"""Fits a Keras model on features or on images."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from edgebreed.edge.preprocess import InputSpec
from edgebreed.progress import bar
from edgebreed.signals import stop_signals
from edgebreed.train.augment import Augmentation, AugmentedImages
from edgebreed.train.checkpoint import Checkpoint, FitState
from edgebreed.train.config import History
from edgebreed.train.dataset import Dataset, LabelledArrays, targets_of
from edgebreed.train.image_loader import load_images
from edgebreed.train.keras_setup import keras

LABEL_SMOOTHING = 0.1  # Szegedy et al. 2016; also limits the harm of wrong labels, which every data set has
MIXUP = 0.2
SIDE_SHARES = (0.5625, 0.8125)  # of the model's own side: 72 and 104 px for 128
SMALLEST_SIDE = 32  # px
SMALL_EPOCHS = 0.6  # share of the epochs at the smaller side

Batch = tuple[NDArray[np.uint8], NDArray[np.float32]]
"""Images `(N, H, W, 3) uint8 RGB` and targets `(N, classes) float32`."""


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
    targets = targets_of(images, len(data.classes))
    return LabelledArrays(load_images([image.path for image in images], spec), targets)


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
    _compile(model, settings, train.labels)
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

    It continues from the checkpoint. An epoch depends on the state before it, the seed and its number alone,
    so a fit that was killed and resumed ends as one that was not. On Ctrl-C or SIGTERM it ends early and
    keeps its complete epochs; the checkpoint says whether it is done.

    Args:
        model: from images of any side to logits.
        train: images to learn from.
        valid: images that the best epoch is chosen by.
        settings: how to fit.
        checkpoint: where it continues, and where its state is kept.
        sides: side in px of the training images, and the epoch up to which it is used.

    Raises:
        InputError: the checkpoint is damaged or cannot be written.
        KeyboardInterrupt: a signal came before the first epoch was complete.
    """
    _compile(model, settings, train.labels)
    model.optimizer.build(model.trainable_variables)  # its state is restored and saved, so it must exist
    splits = tuple((split.inputs, _one_hot(split.labels, model)) for split in (train, valid))
    state = _begin(model, splits[1], checkpoint)
    with stop_signals() as received, _reported("network", settings, state.history) as report:
        while not received and not checkpoint.is_done(settings.epochs):
            epoch = len(state.history.get("loss", ()))
            logs = _fit_epoch(model, splits, settings, _Epoch(epoch, _side_of(epoch, sides), received))
            if not received:  # else Keras may have ended within the epoch
                state = state.after(model, logs)
                checkpoint.save(state)
                report.on_epoch_end(epoch, logs)
    if not state.history:
        raise KeyboardInterrupt
    model.set_weights(state.best)
    return state.history


@dataclass(frozen=True)
class _Epoch:
    """An epoch: its number from 0, the side of its images in px, and the signals that were received."""

    number: int
    side: int
    received: list[int]


def _begin(model: Any, valid: Batch, checkpoint: Checkpoint) -> FitState:
    """The state to continue from, which the model is in afterwards."""
    state = checkpoint.load()
    if state is None:
        loss = float(model.evaluate(*valid, verbose=0)[0]) if checkpoint.keep_start else None
        return FitState.before_the_first_epoch(model, loss)
    state.restore(model)
    return state


def _fit_epoch(
    model: Any, splits: tuple[Batch, ...], settings: FitSettings, epoch: _Epoch
) -> dict[str, float]:
    """Loss and accuracy of an epoch; it is cut off by a signal."""
    (images, targets), valid = splits
    augmentation = Augmentation(epoch.side, MIXUP, settings.seed, epoch.number)
    seed_random_layers(model, settings.seed, epoch.number)
    history = model.fit(
        AugmentedImages(images, targets, settings.batch, augmentation),
        validation_data=valid,
        initial_epoch=epoch.number,
        epochs=epoch.number + 1,
        shuffle=False,  # the images come shuffled; Keras would draw on a state that no checkpoint keeps
        callbacks=[stop_on(epoch.received)],
        verbose=0,
    ).history
    return {name: float(values[-1]) for name, values in history.items()}


def seed_random_layers(model: Any, seed: int, epoch: int) -> None:
    """Sets the random state of dropout and its like, so that an epoch's depends on nothing before it.

    Args:
        model: its layers are seeded, those of nested models too.
        seed: of the run.
        epoch: counted from 0.
    """
    states = [variable for variable in model.variables if variable.name == "seed_generator_state"]
    for number, state in enumerate(states):
        state.assign(np.random.SeedSequence([seed, epoch, number]).generate_state(2, np.uint32))


def stop_on(received: list[int]) -> Any:
    """A Keras callback that ends the fit after the current step once a signal was received.

    Args:
        received: filled by `edgebreed.signals.stop_signals`.
    """

    def look(_: int, logs: Any = None) -> None:
        callback.model.stop_training = bool(received)

    callback = keras.callbacks.LambdaCallback(on_train_batch_end=look)
    return callback


def _side_of(epoch: int, sides: list[tuple[int, int]]) -> int:
    return next(side for side, last in sides if epoch < last)


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


def tensorboard_callback(folder: Path, history: History | None = None) -> Any:
    """A Keras callback that writes each epoch's loss and accuracy as TensorBoard events into a folder.

    Events of an earlier process give way, so that no epoch is shown twice.

    Args:
        folder: of the events.
        history: epochs that are done already, which are written first.
    """
    from tensorboardX import SummaryWriter

    for older in folder.glob("events.out.tfevents.*"):
        older.unlink()
    writer = SummaryWriter(str(folder), write_to_disk=True)

    def write(epoch: int, logs: dict[str, float]) -> None:
        for name, value in logs.items():
            writer.add_scalar(name, value, epoch + 1)

    for name, values in (history or {}).items():
        for epoch, value in enumerate(values):
            write(epoch, {name: value})
    return keras.callbacks.LambdaCallback(on_epoch_end=write, on_train_end=lambda _: writer.close())


@contextmanager
def _reported(title: str, settings: FitSettings, history: History) -> Iterator[Any]:
    """The callbacks that show and log epochs, for a fit that passes its epochs to them itself."""
    callbacks = keras.callbacks.CallbackList(_reporting(title, settings, history))
    callbacks.on_train_begin()
    try:
        yield callbacks
    finally:
        callbacks.on_train_end()


def _reporting(title: str, settings: FitSettings, history: History | None = None) -> list[Any]:
    logging = [] if settings.logs is None else [tensorboard_callback(settings.logs, history)]
    return [progress_callback(title, settings.epochs), *logging]


def _compile(model: Any, settings: FitSettings, targets: NDArray[np.int64]) -> None:
    steps = settings.epochs * -(-len(targets) // settings.batch)
    optimizer = keras.optimizers.RMSprop(
        keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps),
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    if targets.ndim == 1:
        loss, accuracy = keras.losses.CategoricalCrossentropy, "accuracy"
    else:  # each label is a question of its own; its logit is above 0 where its probability is above a half
        loss = keras.losses.BinaryCrossentropy
        accuracy = keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
    model.compile(optimizer, loss(from_logits=True, label_smoothing=LABEL_SMOOTHING), metrics=[accuracy])


def _one_hot(labels: NDArray[np.int64], model: Any) -> NDArray[np.float32]:
    """The targets of a loss, `(N, classes) float32`, of what `targets_of` returns."""
    if labels.ndim > 1:
        return labels.astype(np.float32)
    return np.eye(model.output_shape[-1], dtype=np.float32)[labels]
