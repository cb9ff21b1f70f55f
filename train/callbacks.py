"""What happens between steps and epochs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from edgebreed.progress import bar
from edgebreed.train.keras_setup import keras


def progress_callback(title: str, epochs: int) -> Any:
    """A Keras callback that draws one bar over all epochs, with loss and accuracy, on a terminal."""
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


def whole_epochs(callbacks: list[Any], came: list[int], done: Callable[[], bool]) -> Any:
    """A Keras callback that ends the fit in time, and tells others of whole epochs alone.

    Keras ends an epoch that was cut off as it ends a whole one. Whether a signal came is asked once an epoch,
    so that all others are told of it or none.

    Args:
        callbacks: the others.
        came: filled by `edgebreed.signals.stop_signals`; the fit ends after the step in which one came.
        done: whether the fit ends with the epoch that the others were just told of.
    """

    class WholeEpochs(keras.callbacks.CallbackList):  # type: ignore[misc]  # Keras ships no type information
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = bool(came)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if not came:
                super().on_epoch_end(epoch, logs)
            self.model.stop_training = bool(came) or done()

    return WholeEpochs(callbacks)
