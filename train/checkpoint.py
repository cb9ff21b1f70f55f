"""The state of a fit on disk, from which it continues after it was killed."""

import json
import logging
import math
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.files import replacing
from edgebreed.errors import InputError
from edgebreed.train.config import History, TrainConfig
from edgebreed.train.dataset import Dataset
from edgebreed.train.run_record import CHECKPOINT

_LOG = logging.getLogger(__name__)

Arrays = list[NDArray[Any]]


@dataclass(frozen=True)
class FitState:
    """A fit after its last complete epoch: all that the next epoch and the end of the fit depend on.

    Attributes:
        last: weights of the model and variables of its optimizer after the last epoch.
        best: weights of the model with the smallest validation loss so far.
        history: loss and accuracy by epoch.
        start_loss: validation loss before the first epoch, where those weights may be the best; else None.
    """

    last: Arrays
    best: Arrays
    history: History = field(default_factory=dict)
    start_loss: float | None = None

    @classmethod
    def before_the_first_epoch(cls, model: Any, start_loss: float | None) -> "FitState":
        """The state of a compiled model whose optimizer is built.

        Args:
            model: the model.
            start_loss: its validation loss, if its weights may stay the best.
        """
        return cls(_variables(model), model.get_weights(), {}, start_loss)

    def after(self, model: Any, logs: dict[str, float]) -> "FitState":
        """The state one epoch later.

        Args:
            model: the model after the epoch.
            logs: its loss and accuracy, `val_loss` among them.
        """
        before = [*self.history.get("val_loss", []), math.inf if self.start_loss is None else self.start_loss]
        better = logs["val_loss"] < min(loss for loss in [*before, math.inf] if not math.isnan(loss))
        history = {name: [*self.history.get(name, []), value] for name, value in logs.items()}
        best = model.get_weights() if better else self.best
        return FitState(_variables(model), best, history, self.start_loss)

    def restore(self, model: Any) -> None:
        """Puts the last epoch into a model and its optimizer.

        Raises:
            InputError: the state is of another network.
        """
        variables = [*model.weights, *model.optimizer.variables]
        if [tuple(variable.shape) for variable in variables] != [array.shape for array in self.last]:
            raise InputError("the checkpoint is of another network: leave --resume out to begin again")
        for variable, array in zip(variables, self.last, strict=True):
            variable.assign(array)


@dataclass(frozen=True)
class Checkpoint:
    """The file that keeps the state of a fit: one file, so that no two parts of it can disagree.

    Attributes:
        path: the file.
        request: what was asked for, in plain JSON types; a resumed run must be asked for the same.
        patience: epochs without a better one after which a fit ends; None never ends it early.
        keep_start: whether the weights before the first epoch may be the best ones.
    """

    path: Path
    request: dict[str, Any] = field(default_factory=dict)
    patience: int | None = None
    keep_start: bool = False

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
            resume: continue from the checkpoint, if an epoch was complete.
            patience: epochs without a better one after which the fit ends.
            keep_start: whether the weights before the first epoch may be the best ones.

        Raises:
            InputError: something else was asked for, or the checkpoint is damaged.
        """
        checkpoint = cls(run / CHECKPOINT, request, patience, keep_start)
        if not resume:
            checkpoint.path.unlink(missing_ok=True)
        elif checkpoint.path.exists():
            checkpoint._refuse_other_request()
        else:
            _LOG.warning("no epoch of %s was complete: it starts over", run)
        return checkpoint

    def load(self) -> FitState | None:
        """The state that was saved last; None before the first epoch was complete.

        Raises:
            InputError: the file is damaged.
        """
        if not self.path.exists():
            return None
        with self._opened() as (meta, arrays):
            last, best = (
                [arrays[name] for name in arrays.files if name.startswith(part)] for part in ("last", "best")
            )
        return FitState(last, best, meta["history"], meta["start_loss"])

    def save(self, state: FitState) -> None:
        """Replaces the state on disk at once: a kill leaves the one before or this one.

        Raises:
            InputError: it cannot be written, for example as the disk is full; the one before stays.
        """
        meta = {"request": self.request, "history": state.history, "start_loss": state.start_loss}
        arrays: dict[str, Any] = {f"last_{number}": array for number, array in enumerate(state.last)}
        arrays |= {f"best_{number}": array for number, array in enumerate(state.best)}
        with replacing(self.path) as file:
            np.savez(file, meta=np.array(json.dumps(meta)), **arrays)
            file.flush()
            os.fsync(file.fileno())  # else a power cut can leave the new name without its bytes

    def history(self) -> History:
        """Loss and accuracy of all epochs so far, those before a resumption among them."""
        if not self.path.exists():
            return {}
        with self._opened() as (meta, _):
            history: History = meta["history"]
        return history

    def is_done(self, epochs: int) -> bool:
        """Whether this many epochs are done, or the last `patience` of them were no better."""
        losses = self.history().get("val_loss", [])
        waited = len(losses) - 1 - losses.index(min(losses)) if losses else 0
        return len(losses) >= epochs or (self.patience is not None and waited >= self.patience)

    @contextmanager
    def _opened(self) -> Iterator[tuple[dict[str, Any], Any]]:
        """What the file says about the fit, and its arrays, which are read when they are asked for."""
        try:
            with self.path.open("rb") as file, np.load(file) as arrays:
                yield json.loads(str(arrays["meta"])), arrays
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{self.path} is damaged ({error}): leave --resume out to begin again"
            ) from error

    def _refuse_other_request(self) -> None:
        with self._opened() as (meta, _):
            before = meta["request"]
        changed = [key for key, value in self.request.items() if before.get(key) != value]
        if set(changed) & {"images", "data_sha256"}:
            raise InputError(
                f"the images have changed since {self.path.parent} was begun: bring them back to resume, or "
                "pass --overwrite to begin again"
            )
        if changed:
            raise InputError(
                f"{self.path.parent} was begun with {changed[0]} {before.get(changed[0])}: ask for the same "
                "to resume"
            )


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
    (run / CHECKPOINT).unlink(missing_ok=True)


def _variables(model: Any) -> Arrays:
    return [np.array(variable) for variable in (*model.weights, *model.optimizer.variables)]
