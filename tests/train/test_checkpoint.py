"""A fit that is interrupted and resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import ResizeRule
from edgebreed.errors import InputError
from edgebreed.train.checkpoint import Checkpoint, request_of
from edgebreed.train.config import History, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledArrays
from edgebreed.train.fit import FitSettings, fit_images
from edgebreed.train.keras_setup import keras

from ..conftest import Cli

pytestmark = pytest.mark.keras

OPTIONS = ("--arch", "scratch", "--size", 32, "--epochs", 40, "--json")


def start(data: Path, out: Path, *options: object) -> "subprocess.Popen[str]":
    """A training process."""
    command = [sys.executable, "-m", "edgebreed", "train", "--data", data, "--out", out, *options]
    return subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def epochs_done(out: Path) -> int:
    """Whole epochs on disk."""
    path = out / "checkpoint" / "history.csv"
    return max(0, len(path.read_text().splitlines()) - 1) if path.is_file() else 0


def wait_for_epochs(out: Path, count: int) -> None:
    """Until so many epochs are on disk."""
    deadline = time.monotonic() + 300
    while epochs_done(out) < count:
        assert time.monotonic() < deadline, "no epoch was finished in 300 s"
        time.sleep(0.05)


def test_a_killed_run_is_resumed(small_data: Path, tmp_path: Path) -> None:
    """All its epochs are done once, and nothing that was learned is lost."""
    out = tmp_path / "run"
    process = start(small_data, out, *OPTIONS)
    wait_for_epochs(out, 3)
    process.kill()
    process.communicate()
    before = epochs_done(out)
    assert not (out / "run.json").exists()
    done = start(small_data, out, *OPTIONS, "--resume")
    printed, errors = done.communicate(timeout=600)
    assert 0 == done.returncode, errors
    history = json.loads((out / "metrics.json").read_text())["history"]["loss"]
    assert 40 == len(history) > before >= 3
    assert history[before] < history[0], "it started again instead of continuing"
    assert json.loads(printed)["run"] == str(out)


def test_ctrl_c_leaves_a_usable_run(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Exit code 130, a model that works, and a checkpoint, which is removed when the fit is done."""
    out = tmp_path / "run"
    process = start(small_data, out, *OPTIONS)
    wait_for_epochs(out, 2)
    os.kill(process.pid, signal.SIGINT)
    printed, errors = process.communicate(timeout=600)
    assert 130 == process.returncode, errors
    assert json.loads(printed)["interrupted"]
    assert 12 == cli("evaluate", small_data, "--model", out, "--json").json["n"]
    done = epochs_done(out)
    history = json.loads((out / "metrics.json").read_text())["history"]["loss"]
    assert done == len(history) < 40
    assert "holds a run" in cli("train", "--data", small_data, "--out", out, *OPTIONS).err
    resumed = start(small_data, out, *OPTIONS, "--resume")
    printed, errors = resumed.communicate(timeout=600)
    assert 0 == resumed.returncode, errors
    assert not json.loads(printed)["interrupted"]
    assert history == json.loads((out / "metrics.json").read_text())["history"]["loss"][:done]
    assert not (out / "checkpoint").exists()


@dataclass(frozen=True)
class Signalled(Checkpoint):
    """Sends this process a SIGINT in an epoch, counted from 0."""

    epoch: int = 0

    def callbacks(self) -> list[Any]:
        """One more."""
        signalled = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, _: (
                os.kill(os.getpid(), signal.SIGINT) if epoch == self.epoch else None
            )
        )
        return [*super().callbacks(), signalled]


def fit(checkpoint: Checkpoint, epochs: int, rate: float = 1e-3) -> History:
    """Fits the smallest model on noise."""
    checkpoint.folder.mkdir(parents=True, exist_ok=True)
    image = keras.Input((None, None, 3), dtype="uint8")
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    model = keras.Model(image, keras.layers.Dense(2)(pooled))
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), np.uint8)
    labelled = LabelledArrays(images, np.arange(8, dtype=np.int64) % 2)
    return fit_images(model, labelled, labelled, FitSettings(epochs, 4, rate, 0), checkpoint, [(32, epochs)])


def test_an_interrupted_epoch_does_not_count(tmp_path: Path) -> None:
    """Even the last: the fit is not done, and resuming does that epoch again."""
    assert 2 == len(fit(Signalled(tmp_path, epoch=2), 3)["loss"])
    checkpoint = Checkpoint(tmp_path)
    assert not checkpoint.is_done(3)
    assert 3 == len(fit(checkpoint, 3)["loss"])
    assert checkpoint.is_done(3)


def test_a_signal_in_the_first_epoch_leaves_no_model(tmp_path: Path) -> None:
    """There is no epoch to keep."""
    with pytest.raises(KeyboardInterrupt):
        fit(Signalled(tmp_path), 3)


def test_a_fit_that_ended_early_is_done(tmp_path: Path) -> None:
    """With a learning rate of 0 nothing improves; resuming then adds no epoch."""
    checkpoint = Checkpoint(tmp_path, patience=2)
    assert 2 == len(fit(checkpoint, 2, rate=0.0)["loss"])
    assert not checkpoint.is_done(9)
    for _ in range(2):
        assert 3 == len(fit(checkpoint, 9, rate=0.0)["loss"])
        assert checkpoint.is_done(9)


def test_an_epoch_done_twice_counts_once(tmp_path: Path) -> None:
    """The process can be killed between writing the history and the weights."""
    (tmp_path / "history.csv").write_text("epoch,loss,val_loss\n0,3,3\n1,2,2\n1,2.5,2.5\n")
    assert {"loss": [3.0, 2.5], "val_loss": [3.0, 2.5]} == Checkpoint(tmp_path).history()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"resize": ResizeRule.CENTER_CROP}, "was begun with resize squash: ask for the same"),
        ({"classes": ("a", "b", "c")}, "was begun with classes 2"),
        ({"digest": "5e"}, "was begun with data_sha256 d1"),
    ],
)
def test_other_images_are_no_resumption(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    """Nor are other classes, nor the same images resized by another rule."""

    def request(resize: ResizeRule, classes: tuple[str, ...], digest: str) -> dict[str, Any]:
        config = replace(TrainConfig(tmp_path, tmp_path), resize=resize)
        return request_of(config, Dataset(tmp_path, classes, {}), digest)

    asked: dict[str, Any] = {"resize": ResizeRule.SQUASH, "classes": ("a", "b"), "digest": "d1"}
    Checkpoint.open(tmp_path, request(**asked), resume=False)
    Checkpoint.open(tmp_path, request(**asked), resume=True)
    with pytest.raises(InputError, match=message):
        Checkpoint.open(tmp_path, request(**{**asked, **changed}), resume=True)


def test_what_cannot_be_resumed_is_refused(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Nothing there, or another request."""
    arguments = ("train", "--data", small_data, *OPTIONS, "--resume")
    assert "has nothing to resume: leave --resume out" in cli(*arguments, "--out", tmp_path / "none").err
    assert "--resume needs --out" in cli(*arguments).err
    Checkpoint.open(tmp_path, {"epochs": 3}, resume=False)
    with pytest.raises(InputError, match="was begun with epochs 3: ask for the same to resume"):
        Checkpoint.open(tmp_path, {"epochs": 4}, resume=True)
