"""From photos to a run, small."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.task import RejectionScore
from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.run import fresh_run, newest_run, read_photos, read_record

from ..conftest import SHAPES_64, Cli

pytestmark = pytest.mark.keras


def test_a_run_holds_what_its_readers_need(small_run: Path) -> None:
    """Model, record, metrics and pictures."""
    assert {
        "model.keras",
        "run.json",
        "metrics.json",
        "curves.png",
        "confusion.png",
        "report.html",
        "history.csv",
    } <= {p.name for p in small_run.iterdir()}
    record = read_record(small_run)
    assert ("scratch", SHAPES_64, 3) == (record.arch, record.input.height, len(record.classes))
    metrics = json.loads((small_run / "metrics.json").read_text())
    assert metrics["test"]["n"] == 12
    assert len(metrics["history"]["loss"]) == 2
    assert not (small_run / "checkpoint").exists()


def test_the_same_seed_fits_the_same_model(small_run: Path, small_data: Path, tmp_path: Path) -> None:
    """Histories agree to the last digit that one thread order allows."""
    from edgebreed.train.trainer import train

    config = TrainConfig(
        tmp_path / "again", tmp_path / "cache", Arch.SCRATCH, small_data, epochs=2, size=SHAPES_64
    )
    train(config)
    histories = [
        json.loads((run / "metrics.json").read_text())["history"]["loss"] for run in (small_run, config.out)
    ]
    assert np.allclose(histories[0], histories[1], rtol=1e-2)


def test_a_transfer_fits_head_and_score(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """On a base of random weights, at the smallest size; the second run computes no feature."""
    from edgebreed.train.keras_setup import keras

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
    first = cli(*arguments, "--negatives", small_data / "test", "--out", tmp_path / "x", "--json")
    assert 0 == first.code, first.err
    assert (2048 + 1536) * 3 + 3 + 2048 + 1 == first.json["trainable_parameters"]
    assert RejectionScore.IN_DISTRIBUTION == read_record(tmp_path / "x").rejection.score
    assert 1 == pytest.approx(sum(first.json["test"]["delivered"].values()))
    again = cli(*arguments, "--people", "--out", tmp_path / "y", "--json")
    assert again.json["seconds"]["features"] < first.json["seconds"]["features"]
    assert "nobody can be answered as a person then" in again.json["unknown"]
    assert "no negatives were given" in (tmp_path / "y" / "report.html").read_text()
    reason = "12 validation images cannot measure a threshold: it takes 60"
    assert (None, reason) == (first.json["rejection"]["threshold"], first.json["rejection"]["reason"])
    assert reason in (tmp_path / "x" / "report.html").read_text()


def test_wrong_weights_are_named(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """A missing file and one of something else."""
    (tmp_path / "x.weights.h5").write_text("hello")
    for name, message in (("gone.h5", "no weights file"), ("x.weights.h5", "does not fit Xception")):
        outcome = cli(
            "train", "--data", small_data, "--weights", tmp_path / name, "--size", 71, "--out", tmp_path / "r"
        )
        assert 2 == outcome.code
        assert message in outcome.err
        assert not (tmp_path / "r").exists()


def test_negatives_need_features(tmp_path: Path) -> None:
    """The message says which architecture has them."""
    with pytest.raises(InputError, match="--negatives needs --arch xception"):
        TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, negatives=tmp_path)


def test_a_fit_keeps_its_checkpoint_until_the_run_is_written(small_data: Path, tmp_path: Path) -> None:
    """A kill in between costs nothing: what was learnt is still there to go on from."""
    from edgebreed.train.prepare import prepare
    from edgebreed.train.scratch import fit_scratch

    config = TrainConfig(tmp_path, tmp_path, Arch.SCRATCH, small_data, epochs=1, size=32)
    assert not fit_scratch(config, prepare(config)).interrupted
    assert (tmp_path / "checkpoint" / "best.weights.h5").is_file()


def test_a_class_that_nothing_is_left_of_is_named(small_data: Path, tmp_path: Path) -> None:
    """Its photos are broken: a network would have an output that it never learnt."""
    from edgebreed.train.prepare import prepare

    data = tmp_path / "data"
    shutil.copytree(small_data, data)
    for path in (data / "train" / "star").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DatasetError, match="class star of .* has no training photo left"):
        prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, data))


def test_too_few_negatives_are_refused(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """Before anything is read."""
    negatives = tmp_path / "few"
    negatives.mkdir()
    for path in list((small_data / "test" / "disc").iterdir())[:4]:
        shutil.copy(path, negatives)
    outcome = cli("train", "--data", small_data, "--negatives", negatives, "--out", tmp_path / "r")
    assert 2 == outcome.code
    assert "few holds 4 photos: the threshold of 'unknown' takes 5 or more" in outcome.err


def test_a_seed_is_no_negative_number(small_data: Path, cli: Cli) -> None:
    """No generator takes one."""
    outcome = cli("train", "--data", small_data, "--seed", -1)
    assert (2, True) == (outcome.code, "--seed" in outcome.err)


def test_a_data_set_that_changed_is_told(small_run: Path, small_data: Path, tmp_path: Path) -> None:
    """Photos under the same names, but not the same photos."""
    data, run = tmp_path / "data", tmp_path / "run"
    shutil.copytree(small_data, data)
    shutil.copytree(small_run, run)
    fields = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**fields, "data": str(data)}))
    assert 12 == len(read_photos(run, read_record(run)).photos("test"))
    first, second, *_ = sorted((data / "test" / "disc").iterdir())
    shutil.copy(first, second)
    with pytest.raises(InputError, match="the photos of .* have changed since the run was made: bring them"):
        read_photos(run, read_record(run))
    assert 12 == len(read_photos(run, read_record(run), data).photos("test"))


def test_a_run_is_replaced_or_gone_on_with_when_asked(tmp_path: Path) -> None:
    """Else what is there stays."""
    (tmp_path / "run.json").touch()
    with pytest.raises(InputError, match="holds a run: pass --overwrite or another --out"):
        fresh_run("scratch", overwrite=False, out=tmp_path)
    assert tmp_path == fresh_run("scratch", overwrite=True, out=tmp_path)
    assert tmp_path == fresh_run("scratch", overwrite=False, out=tmp_path, resume=True)


def test_the_newest_run_is_found(tmp_path: Path) -> None:
    """And where there is none, the message says how to make one."""
    with pytest.raises(InputError, match="no run under .*make one with `edgebreed train`"):
        newest_run(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "run.json").touch()
    assert tmp_path / "a" == newest_run(tmp_path)


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    """Without a record, or with half of one."""
    with pytest.raises(InputError, match=r"is no run \(no run\.json\): make one"):
        read_record(tmp_path)
    (tmp_path / "run.json").write_text('{"arch": "scratch"}')
    with pytest.raises(InputError, match=r"run\.json is damaged .*: train again"):
        read_record(tmp_path)
