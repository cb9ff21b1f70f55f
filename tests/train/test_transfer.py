"""A head on a backbone, and fine-tuning."""

import json
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.preprocess import InputSpec
from edgebreed.edge.task import RejectionScore
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.demo import write_demo
from edgebreed.train.feature_extractor import build_extractor
from edgebreed.train.keras_setup import keras
from edgebreed.train.linear_probe import Head
from edgebreed.train.prepare import prepare
from edgebreed.train.run_record import read_record
from edgebreed.train.transfer import fine_tune, unfreeze_top

from ..conftest import Cli
from ..test_cli import assert_refused
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


@pytest.mark.long
def test_a_transfer_fits_head_and_score(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """On a backbone of random weights, at its smallest size; the second run computes no features."""
    weights = tmp_path / "base.weights.h5"
    keras.applications.Xception(weights=None, include_top=False, input_shape=(71, 71, 3)).save_weights(
        weights
    )
    arguments = [
        "train",
        "--data",
        small_data,
        "--weights",
        weights,
        "--size",
        71,
        "--epochs",
        2,
        "--cache",
        tmp_path / "c",
    ]
    refused = cli(*arguments, "--negatives", small_data / "test", "--out", tmp_path / "x")
    assert_refused(refused, "12 of its 12 images are images of the data set")
    assert not (tmp_path / "x").exists()
    others = write_demo(tmp_path / "demo") / "test"
    for name in ("disc", "square", "star"):
        shutil.rmtree(others / name)
    first = cli(*arguments, "--negatives", others, "--out", tmp_path / "x", "--json")
    assert 0 == first.code, first.err
    assert (2048 + 1536) * 3 + 3 + 2048 + 1 == first.json["trainable_parameters"]
    assert RejectionScore.IN_DISTRIBUTION == read_record(tmp_path / "x").rejection.score
    assert 1 == pytest.approx(sum(first.json["test"]["delivered"].values()))
    again = cli(*arguments, "--people", "--out", tmp_path / "y", "--json")
    assert again.json["seconds"]["features"] < first.json["seconds"]["features"]
    assert "nobody can be answered as a person then" in again.json["unknown"]
    assert "no negatives were given" in (tmp_path / "y" / "report.html").read_text()
    reason = "12 validation images cannot measure a threshold: it takes 60"
    assert None is first.json["rejection"]["threshold"]
    assert first.json["rejection"]["reason"].startswith(reason)
    assert reason in (tmp_path / "x" / "report.html").read_text()


def test_wrong_weights_are_named(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """A missing file, and one of something else."""
    (tmp_path / "x.weights.h5").write_text("hello")
    for name, message in (
        ("gone.h5", "no weights file"),
        ("x.weights.h5", "x.weights.h5 is no weights file"),
    ):
        outcome = cli(
            "train", "--data", small_data, "--weights", tmp_path / name, "--size", 71, "--out", tmp_path / "r"
        )
        assert 2 == outcome.code
        assert message in outcome.err
        assert not (tmp_path / "r").exists()


@pytest.mark.long
def test_only_the_top_moves(small_data: Path, tmp_path: Path, weights: Path) -> None:
    """A third of the weights, and no batch normalization."""
    spec = InputSpec(SIDE, SIDE)
    extractor = build_extractor("MobileNet", spec, weights)
    before = {layer.name: layer.get_weights() for layer in extractor.network.layers}
    config = TrainConfig(
        tmp_path, tmp_path / "c", Arch.TRANSFER, small_data, size=SIDE, fine_tune=2, backbone="MobileNet"
    )
    head = Head(np.zeros((1024, 3), np.float32), np.zeros(3, np.float32))
    tuned, history, interrupted = fine_tune(config, prepare(config), extractor, head)
    moved = {
        layer.name
        for layer in tuned.network.layers
        if any(
            not np.array_equal(*pair) for pair in zip(before[layer.name], layer.get_weights(), strict=True)
        )
    }
    assert tuned.key != extractor.key
    assert (2, False) == (len(history["loss"]), interrupted)
    assert moved <= {"conv_pw_11", "conv_dw_12", "conv_pw_12", "conv_dw_13", "conv_pw_13"}


def test_the_top_third_is_unfrozen(weights: Path) -> None:
    """Counted by weights, for any backbone."""
    extractor = build_extractor("MobileNet", InputSpec(SIDE, SIDE), weights)
    names = unfreeze_top(extractor.network)
    assert "conv_pw_13" in names
    assert not any("bn" in name for name in names)
    assert not extractor.network.get_layer("conv1").trainable


@pytest.mark.long
def test_ctrl_c_ends_the_fine_tuning(small_data: Path, tmp_path: Path, weights: Path) -> None:
    """Exit code 130, and the passes that were done."""
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
