"""Where a fit stands: enough to go on after a kill."""

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
    """The state of a fit after its last whole epoch, on disk.

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
        """Opens the checkpoint of a run, empty unless the run is to be resumed.

        Args:
            run: the run's folder.
            request: what was asked for, in plain JSON types; a resumed run must be asked for the same.
            resume: go on where it stands.
            patience: epochs without a better one after which the fit ends.
            keep_start: whether the weights before the first epoch may be the best ones.

        Raises:
            InputError: there is nothing to resume, or it was asked for something else.
        """
        folder = run / FOLDER
        asked = folder / "request.json"
        if not resume:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            asked.write_text(json.dumps(request))
            return cls(folder, patience, keep_start)
        if not asked.is_file():
            raise InputError(f"{run} has nothing to resume: leave --resume out")
        before = json.loads(asked.read_text())
        changed = [key for key, value in request.items() if before.get(key) != value]
        if changed:
            raise InputError(
                f"{run} was begun with {changed[0]} {before.get(changed[0])}: ask for the same to resume"
            )
        return cls(folder, patience, keep_start)

    def start(self, model: Any, loss: float) -> None:
        """Keeps the weights before the first epoch as the best so far, if the fit is at its start."""
        self.start_loss.append(loss)
        if not self.history():
            model.save_weights(self._best)

    def callbacks(self) -> list[Any]:
        """Keras callbacks that keep the best epoch, the history and the last one, and restore the last.

        The last comes last, beside the one before it: after a kill between or within them an epoch is done
        again, and none is missed.
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
        """Whether so many epochs were done, or `patience` of them without a better one."""
        losses = self.history().get("val_loss", [])
        waited = len(losses) - 1 - losses.index(min(losses)) if losses else 0
        return len(losses) >= epochs or (self.patience is not None and waited >= self.patience)

    def history(self) -> dict[str, list[float]]:
        """Loss and accuracy of all epochs so far, also of those before a kill."""
        if not self._history.is_file():
            return {}
        with self._history.open(newline="") as file:
            rows = list({row["epoch"]: row for row in csv.DictReader(file)}.values())
        return {
            name: [float(row[name]) for row in rows] for name in (rows[0] if rows else {}) if name != "epoch"
        }

    def finish(self, model: Any) -> None:
        """Gives a model the best weights."""
        if self._best.is_file():
            model.load_weights(self._best)

    @property
    def _best(self) -> Path:
        return self.folder / "best.weights.h5"

    @property
    def _history(self) -> Path:
        return self.folder / "history.csv"


def request_of(config: TrainConfig, data: Dataset, digest: str) -> dict[str, Any]:
    """What must not change between a fit on photos and its resumption, whatever the network.

    Args:
        config: what was asked for.
        data: the photos by split.
        digest: over the photos, see `edgebreed.train.survey.digest_of_data`.
    """
    return {
        "size": config.size,
        "resize": config.resize.value,
        "seed": config.seed,
        "classes": len(data.classes),
        "photos": {split: len(members) for split, members in data.splits.items()},
        "data_sha256": digest,
    }


def forget(run: Path) -> None:
    """Removes the checkpoint of a run that is done, if it has one."""
    shutil.rmtree(run / FOLDER, ignore_errors=True)
