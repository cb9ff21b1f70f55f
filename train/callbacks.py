"""What happens between steps and epochs."""

import sys
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


def stop_callback(came: list[int]) -> Any:
    """A Keras callback that ends the fit after the step in which a signal came.

    Args:
        came: filled by `edgebreed.signals.stop_signals`.
    """

    class Stop(keras.callbacks.Callback):  # type: ignore[misc]  # Keras ships no type information
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if came:
                self.model.stop_training = True

    return Stop()
