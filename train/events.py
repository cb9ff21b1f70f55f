"""TensorBoard events, written without TensorBoard itself."""

from pathlib import Path

from edgebreed.train.config import History


def write_events(folder: Path, history: History) -> None:
    """Writes the values of each epoch into a folder, at the steps 1, 2, ..."""
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(folder), write_to_disk=True) as writer:
        for name, values in history.items():
            for epoch, value in enumerate(values, 1):
                writer.add_scalar(name, value, epoch)
