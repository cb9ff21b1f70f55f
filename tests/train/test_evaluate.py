"""Accuracy on photos, of a run and of files."""

import shutil
from pathlib import Path

import cv2
import pytest

from edgebreed.train.config import Arch, TrainConfig

from ..conftest import BLUE, RED, Cli, plain

pytestmark = pytest.mark.keras


def test_a_run_that_dealt_its_photos_out_is_measured_on_those_it_did_not_learn(
    small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """Its own data set came in one piece; the same photos elsewhere are taken as they are."""
    from edgebreed.train.trainer import train

    data, out = tmp_path / "flat", tmp_path / "run"
    shutil.copytree(small_data / "train", data)
    trained = train(TrainConfig(out, tmp_path / "c", Arch.SCRATCH, data, epochs=1, size=32))
    measured = cli("evaluate", data, "--model", out, "--json").json
    assert (3, trained["test"]["top1"]) == (measured["n"], measured["top1"])
    assert 3 == cli("evaluate", data, "--model", out / "model.keras", "--split", "val", "--json").json["n"]
    shutil.copytree(data, tmp_path / "elsewhere")
    assert 36 == cli("evaluate", tmp_path / "elsewhere", "--model", out, "--json").json["n"]


@pytest.mark.parametrize("split", ["val", "valid", "Validation"])
def test_a_split_is_found_by_any_of_its_names(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli, split: str
) -> None:
    """As the folder's name is."""
    shutil.copytree(small_data / "valid", tmp_path / "data" / "val")
    outcome = cli("evaluate", "data", "--model", small_run, "--split", split, "--json")
    assert 12 == outcome.json["n"], outcome.err


def test_the_engine_that_ran_is_told(small_run: Path, small_data: Path, cli: Cli, colours: Path) -> None:
    """For programs and for people."""
    assert "keras" == cli("evaluate", small_data, "--model", small_run, "--json").json["engine"]
    for name, colour in (("red", RED), ("blue", BLUE)):
        (colours.parent / "photos" / name).mkdir(parents=True)
        cv2.imwrite(str(colours.parent / "photos" / name / "1.png"), plain(colour))
    outcome = cli("evaluate", "photos", "--model", colours, "--engine", "cpu", "--json")
    assert (1.0, "onnxruntime/CPUExecutionProvider") == (outcome.json["top1"], outcome.json["engine"])
    assert "onnxruntime/CPUExecutionProvider" in cli("evaluate", "photos", "--model", colours).out


def test_a_run_has_no_engine_to_choose(small_run: Path, small_data: Path, cli: Cli) -> None:
    """Naming one is refused, as it would not run."""
    outcome = cli("evaluate", small_data, "--model", small_run, "--engine", "openvino")
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert "--engine openvino is for exported files" in outcome.err
