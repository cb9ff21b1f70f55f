"""Accuracy of a run and of files on labelled images."""

import shutil
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import LearnedImages
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.feature_cache import digest_of

from ..conftest import BLUE, GREEN, RED, Cli, colour_manifest, colour_model, plain

pytestmark = pytest.mark.keras


def test_a_run_is_measured_on_images_that_it_did_not_learn(
    small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """It divided its data set itself; in another folder they are known by their content."""
    from edgebreed.train.trainer import train

    data, out = tmp_path / "flat", tmp_path / "run"
    shutil.copytree(small_data / "train", data)
    trained = train(TrainConfig(out, tmp_path / "c", Arch.SCRATCH, data, epochs=1, size=32))
    measured = cli("evaluate", data, "--model", out, "--json").json
    assert (3, 33, trained.test.top1) == (measured["n"], measured["left_out"], measured["top1"])
    assert trained.delivered.to_dict() == measured["delivered"]
    assert 3 == cli("evaluate", data, "--model", out / "model.keras", "--json").json["n"]
    refused = cli("evaluate", data, "--model", out, "--split", "val")
    assert (2, True) == (refused.code, "the model has learned from all 33 of these images" in refused.err)
    shutil.copytree(data, tmp_path / "elsewhere")
    found = cli("evaluate", tmp_path / "elsewhere", "--model", out, "--json").json
    assert (3, 33) == (found["n"], found["left_out"])
    shutil.rmtree(data)
    found = cli("evaluate", tmp_path / "elsewhere", "--model", out, "--json").json
    assert (36, "unknown") == (found["n"], found["learned"])


@pytest.mark.parametrize("split", ["val", "valid", "Validation"])
def test_a_split_is_found_by_any_of_its_names(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli, split: str
) -> None:
    """Whatever the folder is called."""
    shutil.copytree(small_data / "test", tmp_path / "data" / "val")  # images that the run did not learn
    outcome = cli("evaluate", "data", "--model", small_run, "--split", split, "--json")
    assert 12 == outcome.json["n"], outcome.err


def test_images_that_a_file_learned_from_are_left_out(cli: Cli, tmp_path: Path) -> None:
    """By their content, in any folder; where none is left, the error says so."""
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE)):
        (tmp_path / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "images" / name / "moved.png"), plain(colour))
    learned = [digest_of(tmp_path / "images" / name / "moved.png") for name in ("red", "green")]
    for number in (0, 2):
        manifest = colour_manifest(learned=LearnedImages.of(learned[:number]))
        write_model(tmp_path / f"{number}.onnx", colour_model(), manifest)
        found = cli("evaluate", "images", "--model", f"{number}.onnx", "--json").json
        assert (3 - number, number) == (found["n"], found["left_out"])
        assert "learned" not in found
    assert "2 that the model has learned from" in cli("evaluate", "images", "--model", "2.onnx").out
    shutil.rmtree(tmp_path / "images" / "blue")
    outcome = cli("evaluate", "images", "--model", "2.onnx")
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert "the model has learned from all 2 of these images of images: give others" in outcome.err


def test_what_an_older_file_learned_from_is_unknown(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Older files do not; every image is then measured."""
    (tmp_path / "images" / "red").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images" / "red" / "1.png"), plain(RED))
    found = cli("evaluate", "images", "--model", colours, "--json").json
    assert (1, 0, "unknown") == (found["n"], found["left_out"], found["learned"])
    assert "the file does not say which images" in cli("evaluate", "images", "--model", colours).out
