"""The state of a fit on disk, from which it continues after it was killed."""

import csv
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgebreed.errors import InputError
from edgebreed.train.config import TrainConfig
from edgebreed.train.dataset import Dataset
from edgebreed.train.keras_setup import keras

FOLDER = "checkpoint"


@dataclass(frozen=True)
class Checkpoint:
    """The state of a fit after its last complete epoch.

    Attributes:
        folder: holds the last weights with the optimizer's state, the best weights, and the history.
        patience: epochs without a better one after which a fit ends; None never ends it early.
        keep_start: whether the weights before the first epoch may be the best ones.
        start_loss: validation loss before the first epoch.
    """

    folder: Path
    patience: int | None = None
    keep_start: bool = False
    start_loss: list[float] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        run: Path,
        request: dict[str, Any],
        resume: bool,
        *,
        patience: int | None = None,
        keep_start: bool = False,
    ) -> "Checkpoint":
        """Opens the checkpoint of a run; it is empty unless the run is resumed.

        Args:
            run: the run's folder.
            request: what was asked for, in plain JSON types; a resumed run must be asked for the same.
            resume: continue from the checkpoint.
            patience: epochs without a better one after which the fit ends.
            keep_start: whether the weights before the first epoch may be the best ones.

        Raises:
            InputError: there is nothing to resume, or it was asked for something else.
        """
        folder = run / FOLDER
        request_file = folder / "request.json"
        if not resume:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            request_file.write_text(json.dumps(request))
            return cls(folder, patience, keep_start)
        if not request_file.is_file():
            raise InputError(f"{run} has nothing to resume: leave --resume out")
        before = json.loads(request_file.read_text())
        changed = [key for key, value in request.items() if before.get(key) != value]
        if changed:
            raise InputError(
                f"{run} was begun with {changed[0]} {before.get(changed[0])}: ask for the same to resume"
            )
        return cls(folder, patience, keep_start)

    def start(self, model: Any, loss: float) -> None:
        """Keeps the weights before the first epoch as the best so far, unless the fit has begun already."""
        self.start_loss.append(loss)
        if not self.history():
            model.save_weights(self._best)

    def callbacks(self) -> list[Any]:
        """Keras callbacks that keep the best epoch, the history and the last epoch, and restore the last.

        The callback of the last epoch runs last and keeps the one before it too: if the process is killed
        between the callbacks or in one of them, that epoch is done again, and none is lost.
        """
        losses = self.history().get("val_loss", []) + self.start_loss
        best = keras.callbacks.ModelCheckpoint(
            self._best,
            monitor="val_loss",
            save_best_only=True,
            save_weights_only=True,
            initial_value_threshold=min(losses, default=None),
        )
        last = keras.callbacks.BackupAndRestore(
            self.folder / "last", double_checkpoint=True, delete_checkpoint=False
        )
        return [best, keras.callbacks.CSVLogger(self._history, append=True), last]

    def is_done(self, epochs: int) -> bool:
        """Whether this many epochs are done, or the last `patience` of them were no better."""
        losses = self.history().get("val_loss", [])
        waited = len(losses) - 1 - losses.index(min(losses)) if losses else 0
        return len(losses) >= epochs or (self.patience is not None and waited >= self.patience)

    def history(self) -> dict[str, list[float]]:
        """Loss and accuracy of all epochs so far, those before a resumption among them."""
        if not self._history.is_file():
            return {}
        with self._history.open(newline="") as file:
            rows = list({row["epoch"]: row for row in csv.DictReader(file)}.values())
        return {
            name: [float(row[name]) for row in rows] for name in (rows[0] if rows else {}) if name != "epoch"
        }

    def finish(self, model: Any) -> None:
        """Loads the best weights into a model."""
        if self._best.is_file():
            model.load_weights(self._best)

    @property
    def _best(self) -> Path:
        return self.folder / "best.weights.h5"

    @property
    def _history(self) -> Path:
        return self.folder / "history.csv"


def request_of(config: TrainConfig, data: Dataset, digest: str) -> dict[str, Any]:
    """What must stay the same between a fit on images and its resumption, for any network.

    Args:
        config: what was asked for.
        data: the images by split.
        digest: over the images, see `edgebreed.train.dataset_scan.digest_of_data`.
    """
    return {
        "size": config.size,
        "resize": config.resize.value,
        "seed": config.seed,
        "classes": len(data.classes),
        "images": {split: len(members) for split, members in data.splits.items()},
        "data_sha256": digest,
    }


def remove_checkpoint(run: Path) -> None:
    """Removes the checkpoint of a run, if it has one."""
    shutil.rmtree(run / FOLDER, ignore_errors=True)
