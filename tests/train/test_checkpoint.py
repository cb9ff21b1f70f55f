"""A fit that is interrupted and resumed."""

import json
import os
import resource
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
from edgebreed.train.checkpoint import Checkpoint, FitState, request_of
from edgebreed.train.config import History, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledArrays
from edgebreed.train.fit import FitSettings, fit_images
from edgebreed.train.keras_setup import keras
from edgebreed.train.run_record import CHECKPOINT

from ..conftest import Cli
from .test_fit import events_in

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
    return len(Checkpoint(out / CHECKPOINT).history().get("loss", ()))


def wait_for_epochs(out: Path, count: int) -> None:
    """Until so many epochs are on disk."""
    deadline = time.monotonic() + 300
    while epochs_done(out) < count:
        assert time.monotonic() < deadline, "no epoch was finished in 300 s"
        time.sleep(0.05)


@pytest.mark.long
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
    assert not (out / CHECKPOINT).exists()
    assert len(events_in(out / "tensorboard")) == 4 * 40, "an epoch is logged twice or not at all"


@dataclass(frozen=True)
class Signalled(Checkpoint):
    """Sends this process a SIGINT when the fit looks whether an epoch, counted from 0, is to be done."""

    epoch: int = 0

    def is_done(self, epochs: int) -> bool:
        """As ever."""
        if len(self.history().get("loss", ())) == self.epoch:
            signal.raise_signal(signal.SIGINT)  # to this very thread
        return super().is_done(epochs)


def smallest_model() -> Any:
    """From images of any side to two logits, with dropout."""
    keras.utils.set_random_seed(0)
    image = keras.Input((None, None, 3), dtype="uint8")
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Rescaling(1 / 255)(image))
    return keras.Model(image, keras.layers.Dense(2)(keras.layers.Dropout(0.5)(pooled)))


def fit(checkpoint: Checkpoint, epochs: int, rate: float = 1e-3, total: int = 9) -> tuple[History, Any]:
    """Fits the smallest model on noise, up to an epoch of all; its history and its weights."""
    model = smallest_model()
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), np.uint8)
    labelled = LabelledArrays(images, np.arange(8, dtype=np.int64) % 2)
    settings = FitSettings(epochs, 4, rate, 0)
    history = fit_images(model, labelled, labelled, settings, checkpoint, [(32, 2), (40, total)])
    return history, model.get_weights()


@pytest.mark.long
def test_a_resumed_fit_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    """History and weights agree to the last bit, whatever the epoch was that it was interrupted in."""
    expected, weights = fit(Checkpoint(tmp_path / "undisturbed"), 4)
    for epoch in (1, 2, 3):
        path = tmp_path / str(epoch)
        begun, _ = fit(Signalled(path, epoch=epoch), 4)
        assert epoch == len(begun["loss"])
        resumed, resumed_weights = fit(Checkpoint(path), 4)
        assert expected == resumed
        for one, other in zip(weights, resumed_weights, strict=True):
            assert np.array_equal(one, other)


def test_an_interrupted_epoch_does_not_count(tmp_path: Path) -> None:
    """Even the last: the fit is not done, and resuming does that epoch again."""
    checkpoint = Checkpoint(tmp_path / "c")
    assert 2 == len(fit(Signalled(tmp_path / "c", epoch=2), 3)[0]["loss"])
    assert not checkpoint.is_done(3)
    assert 3 == len(fit(checkpoint, 3)[0]["loss"])
    assert checkpoint.is_done(3)


def test_a_signal_in_the_first_epoch_leaves_no_model(tmp_path: Path) -> None:
    """There is no epoch to keep."""
    with pytest.raises(KeyboardInterrupt):
        fit(Signalled(tmp_path / "c"), 3)
    assert [] == list(tmp_path.iterdir())


def test_a_fit_that_ended_early_is_done(tmp_path: Path) -> None:
    """With a learning rate of 0 nothing improves; resuming then adds no epoch."""
    checkpoint = Checkpoint(tmp_path / "c", patience=2)
    assert 2 == len(fit(checkpoint, 2, rate=0.0)[0]["loss"])
    assert not checkpoint.is_done(9)
    for _ in range(2):
        assert 3 == len(fit(checkpoint, 9, rate=0.0)[0]["loss"])
        assert checkpoint.is_done(9)


def test_the_weights_before_the_first_epoch_may_be_the_best(tmp_path: Path) -> None:
    """Where that is asked for: a step that is far too large makes nothing better."""
    start = smallest_model().get_weights()
    history, kept = fit(Checkpoint(tmp_path / "kept", keep_start=True), 1, rate=1e3)
    assert np.isfinite(history["val_loss"]).all()
    for before, after in zip(start, kept, strict=True):
        assert np.array_equal(before, after)
    _, changed = fit(Checkpoint(tmp_path / "changed"), 1, rate=1e3)
    assert not np.array_equal(start[0], changed[0])


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path: Path) -> None:
    """It is one line; what was begun is removed."""
    checkpoint = Checkpoint(tmp_path / "c")
    state = FitState([np.zeros(9)], [np.zeros(9)], {"loss": [1.0], "val_loss": [1.0]})
    checkpoint.save(state)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(InputError, match=r"cannot write .*/c: File too large"):
            checkpoint.save(replace(state, last=[np.zeros(9999)]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert 1.0 == checkpoint.history()["loss"][0]
    assert [tmp_path / "c"] == list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, kept: int) -> None:
    """With what to do."""
    path = tmp_path / CHECKPOINT
    Checkpoint(path).save(FitState([np.zeros(9)], [np.zeros(9)], {}))
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"checkpoint\.npz is damaged .*: leave --resume out"):
        Checkpoint.open(tmp_path, {}, resume=True)


def test_a_checkpoint_of_another_network_is_refused() -> None:
    """As one of another version may be."""
    model = smallest_model()
    model.compile("rmsprop", "mse")
    with pytest.raises(InputError, match="of another network: leave --resume out to begin again"):
        FitState([np.zeros(9)], [], {}).restore(model)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"resize": ResizeRule.CENTER_CROP}, "was begun with resize squash: ask for the same"),
        ({"classes": ("a", "b", "c")}, "was begun with classes 2"),
        ({"digest": "5e"}, "the images have changed since .* was begun: bring them back to resume"),
    ],
)
def test_other_images_are_no_resumption(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    """Nor are other classes, nor the same images resized by another rule."""

    def request(resize: ResizeRule, classes: tuple[str, ...], digest: str) -> dict[str, Any]:
        config = replace(TrainConfig(tmp_path, tmp_path), resize=resize)
        return request_of(config, Dataset(tmp_path, classes, {}), digest)

    asked: dict[str, Any] = {"resize": ResizeRule.SQUASH, "classes": ("a", "b"), "digest": "d1"}
    Checkpoint.open(tmp_path, request(**asked), resume=False).save(FitState([], [], {}))
    Checkpoint.open(tmp_path, request(**asked), resume=True)
    with pytest.raises(InputError, match=message):
        Checkpoint.open(tmp_path, request(**{**asked, **changed}), resume=True)


def test_a_run_without_a_complete_epoch_starts_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And says so."""
    assert Checkpoint.open(tmp_path, {"epochs": 3}, resume=True).load() is None
    assert f"no epoch of {tmp_path} was complete: it starts over" in caplog.text


def test_what_cannot_be_resumed_is_refused(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Nothing there, or no folder."""
    arguments = ("train", "--data", small_data, *OPTIONS, "--resume")
    assert "has nothing to resume: leave --resume out" in cli(*arguments, "--out", tmp_path / "none").err
    assert "--resume needs --out" in cli(*arguments).err
