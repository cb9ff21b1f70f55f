"""Tuning the top of a backbone."""

import json
import signal
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import InputError
from edgebreed.train.base import build_base
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import read_dataset
from edgebreed.train.fine_tune import fine_tune, unfreeze_top
from edgebreed.train.keras_setup import keras
from edgebreed.train.linear_probe import Head

from ..conftest import Cli
from .test_checkpoint import epochs_done, start, wait_for_epochs

pytestmark = pytest.mark.keras

SIDE = 32


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A light backbone of random weights."""
    path = tmp_path / "m.weights.h5"
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNet(weights=None, include_top=False, input_shape=(SIDE, SIDE, 3))
    network.save_weights(path)
    return path


def test_only_the_top_moves(small_data: Path, tmp_path: Path, weights: Path) -> None:
    """A third of the weights, no batch normalization; and validation is no worse than before."""
    spec = InputSpec(SIDE, SIDE)
    base = build_base("MobileNet", spec, weights)
    before = {layer.name: layer.get_weights() for layer in base.network.layers}
    config = TrainConfig(
        tmp_path, tmp_path, Arch.XCEPTION, small_data, size=SIDE, fine_tune=2, backbone="MobileNet"
    )
    head = Head(np.zeros((1024, 3), np.float32), np.zeros(3, np.float32))
    tuned, history, interrupted = fine_tune(config, read_dataset(small_data), "digest", base, head)
    moved = {
        layer.name
        for layer in tuned.network.layers
        if any(
            not np.array_equal(*pair) for pair in zip(before[layer.name], layer.get_weights(), strict=True)
        )
    }
    assert tuned.key != base.key
    assert (2, False) == (len(history["loss"]), interrupted)
    assert moved <= {"conv_pw_11", "conv_dw_12", "conv_pw_12", "conv_dw_13", "conv_pw_13"}


def test_the_top_third_is_unfrozen(weights: Path) -> None:
    """Counted by weights, whatever the backbone."""
    base = build_base("MobileNet", InputSpec(SIDE, SIDE), weights)
    names = unfreeze_top(base.network)
    assert "conv_pw_13" in names
    assert not any("bn" in name for name in names)
    assert not base.network.get_layer("conv1").trainable


def test_a_scratch_network_has_no_backbone(tmp_path: Path) -> None:
    """The message says what to leave out."""
    with pytest.raises(InputError, match="--fine-tune is for a transfer: leave --arch scratch out"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, fine_tune=1)
    with pytest.raises(InputError, match="--backbone MobileNet is for a transfer"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, backbone="MobileNet")


def test_passes_without_tuning_are_refused(small_data: Path, cli: Cli) -> None:
    """Else they would be ignored."""
    outcome = cli("train", "--data", small_data, "--fine-tune-epochs", 3)
    assert (2, "edgebreed: --fine-tune-epochs 3 is for --fine-tune: pass that too\n") == (
        outcome.code,
        outcome.err,
    )


def test_ctrl_c_ends_the_tuning_and_is_told(small_data: Path, tmp_path: Path, weights: Path) -> None:
    """Exit code 130, the passes that were done, and a checkpoint that a second call goes on from."""
    out = tmp_path / "run"
    options = ("--backbone", "MobileNet", "--weights", weights, "--size", SIDE, "--epochs", 2)
    process = start(small_data, out, *options, "--fine-tune", "--cache", tmp_path / "cache", "--json")
    wait_for_epochs(out, 1)
    process.send_signal(signal.SIGINT)
    printed, errors = process.communicate(timeout=600)
    assert 130 == process.returncode, errors
    result, metrics = json.loads(printed), json.loads((out / "metrics.json").read_text())
    assert (True, epochs_done(out)) == (result["interrupted"], result["fine_tune_passes"])
    assert epochs_done(out) == len(metrics["fine_tune_history"]["loss"]) < 10
    assert 2 == len(metrics["history"]["loss"])
