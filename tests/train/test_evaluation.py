"""Accuracy of a run and of files on labelled images."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import LearnedImages
from edgebreed.train.accuracy_text import accuracy_of
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.run_record import TrainResult, read_record

from ..conftest import BLUE, GREEN, RED, Cli, colour_manifest, colour_model, plain
from ..test_cli import assert_refused

pytestmark = pytest.mark.keras


@dataclass(frozen=True)
class UndividedRun:
    """A run whose data set had no splits, with the files that were exported from it."""

    data: Path
    run: Path
    trained: TrainResult

    @property
    def models(self) -> list[Path]:
        """The run, and every file of it."""
        names = ("", "model.keras", "run-fp32.onnx", "run-fp32.tflite")
        return [self.run / name for name in names]


@pytest.fixture(scope="module")
def undivided(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> UndividedRun:
    """36 images of three classes, divided by the run: 3 to test, 3 to validate."""
    from edgebreed.export.exporter import export
    from edgebreed.export.recipe import Recipe
    from edgebreed.export.request import ExportConfig
    from edgebreed.train.trainer import train

    folder = tmp_path_factory.mktemp("undivided")
    data, run = folder / "flat", folder / "run"
    shutil.copytree(small_data / "train", data)
    trained = train(TrainConfig(run, folder / "c", Arch.SCRATCH, data, epochs=1, size=32))
    for name in ("onnx-fp32", "tflite-fp32"):
        export(ExportConfig(run=run, recipe=Recipe.from_name(name)))
    return UndividedRun(data, run, trained)


@pytest.mark.parametrize("number", range(4), ids=["run", "keras", "onnx", "tflite"])
@pytest.mark.parametrize("folder", ["where it was", "moved", "with new names", "a part"])
def test_a_model_is_measured_on_the_images_that_it_did_not_learn(
    undivided: UndividedRun, tmp_path: Path, cli: Cli, folder: str, number: int
) -> None:
    """They are known by their contents: it divided its data set itself."""
    data = undivided.data
    if folder != "where it was":
        data = tmp_path / "elsewhere"
        shutil.copytree(undivided.data, data)
    if folder == "with new names":
        for path in list(data.glob("*/*")):
            path.rename(path.with_name(f"new {path.name}"))
    if folder == "a part":
        shutil.rmtree(data / "star")
    found = cli("evaluate", data, "--model", undivided.models[number], "--json").json
    if folder == "a part":
        assert (2, 22, ["star"]) == (found["n"], found["left_out"], found["untested_classes"])
        return
    trained = undivided.trained.to_dict()["test"]
    assert (3, 33, trained["top1"]) == (found["n"], found["left_out"], found["top1"])
    assert [list(row) for row in trained["confusion"]] == found["confusion"]
    assert trained["delivered"] == found["delivered"]
    assert "learned" not in found


@pytest.mark.long
@pytest.mark.parametrize("number", range(4), ids=["run", "keras", "onnx", "tflite"])
def test_photos_that_came_or_went_since_are_counted_as_they_are_now(
    undivided: UndividedRun, cli: Cli, number: int
) -> None:
    """A run and its files see the same folder: one new photo more, one learned photo less."""
    data, model = undivided.data, undivided.models[number]
    before = cli("evaluate", data, "--model", model, "--json").json
    new, learned = data / "disc" / "new.png", next(_learned_of(undivided))
    away = data.parent / learned.name
    cv2.imwrite(str(new), plain(RED))
    learned.rename(away)
    try:
        found = cli("evaluate", data, "--model", model, "--json").json
    finally:
        new.unlink()
        away.rename(learned)
    assert (before["n"] + 1, before["left_out"] - 1) == (found["n"], found["left_out"])


def _learned_of(undivided: UndividedRun) -> Iterator[Path]:
    """The images that the run learned."""
    record = read_record(undivided.run)
    assert record.learned is not None
    for path in sorted(undivided.data.glob("*/*")):
        if digest_of(path) in record.learned:
            yield path


@pytest.mark.long
@pytest.mark.keras
def test_a_test_folder_of_no_use_is_measured_on_what_was_set_aside(
    small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """As its report was: none of the test images decodes, so that training took others."""
    from edgebreed.train.trainer import train

    shutil.copytree(small_data, tmp_path / "data")
    for path in (tmp_path / "data" / "test").glob("*/*"):
        path.write_text("version https://git-lfs.github.com/spec/v1")
    trained = train(
        TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data", epochs=1, size=32)
    )
    found = cli("evaluate", tmp_path / "data", "--model", tmp_path / "r", "--json").json
    assert (trained.test.n, accuracy_of(trained.test)) == (found["n"], found["top1"])


@pytest.mark.parametrize("number", range(4), ids=["run", "keras", "onnx", "tflite"])
@pytest.mark.parametrize("split", ["train", "val"])
def test_an_undivided_folder_has_no_other_split(
    undivided: UndividedRun, cli: Cli, split: str, number: int
) -> None:
    """It is refused instead of being ignored."""
    refused = cli("evaluate", undivided.data, "--model", undivided.models[number], "--split", split)
    assert_refused(refused, "has no split folders, so --split")


@pytest.mark.long
def test_of_a_divided_folder_only_what_was_not_learned_is_measured(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """By the run and by a file of it, wherever the folder lies."""
    cli("export", "--run", small_run, "--out", tmp_path / "m.onnx")
    shutil.copytree(small_data, tmp_path / "moved")
    for model in (small_run, tmp_path / "m.onnx"):
        found = cli("evaluate", "moved", "--model", model, "--json").json
        assert (12, 0) == (found["n"], found["left_out"])
        for split, learned in (("train", 36), ("valid", 12)):
            refused = cli("evaluate", "moved", "--model", model, "--split", split)
            assert_refused(refused, f"the model has learned from all {learned} of these images")


def test_what_a_run_learned_is_known_after_its_data_set_is_gone(
    undivided: UndividedRun, tmp_path: Path, cli: Cli
) -> None:
    """The run says it; one that does not is measured on every image, and the cause is said."""
    fields = json.loads((undivided.run / "run.json").read_text())
    run = tmp_path / "run"
    shutil.copytree(undivided.run, run)
    (run / "run.json").write_text(json.dumps({**fields, "data": "/nowhere"}))
    assert 3 == cli("evaluate", undivided.data, "--model", run, "--json").json["n"]
    (run / "run.json").write_text(json.dumps({**fields, "data": "/nowhere", "learned": None}))
    found = cli("evaluate", undivided.data, "--model", run, "--json").json
    assert (36, "unknown") == (found["n"], found["learned"])
    reason = "the run does not say which images it has learned from, and the run's data set /nowhere is gone"
    assert found["learned_reason"].startswith(reason)
    table = " ".join(cli("evaluate", undivided.data, "--model", run).out.replace("\u2502", " ").split())
    assert f"none, as {reason}" in table
    (run / "run.json").write_text(json.dumps({**fields, "learned": None}))  # the data set says it too
    assert 3 == cli("evaluate", undivided.data, "--model", run, "--json").json["n"]


def test_a_file_that_stands_in_two_classes_is_measured_in_none(
    cli: Cli, tmp_path: Path, colours: Path
) -> None:
    """At most one of the labels is right; training leaves such files out too."""
    for name, colour in (("red", RED), ("blue", BLUE), ("green", BLUE)):
        (tmp_path / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "images" / name / "1.png"), plain(colour))
    found = cli("evaluate", "images", "--model", colours, "--json").json
    assert (1, 1.0) == (found["n"], found["top1"])
    assert {"images/blue/1.png", "images/green/1.png"} == set(found["conflicting"])
    assert "2, the first is images/" in cli("evaluate", "images", "--model", colours).out


def test_files_that_do_not_decode_are_left_out_and_named(
    undivided: UndividedRun, tmp_path: Path, cli: Cli
) -> None:
    """As `train` leaves them out; where nothing else is there, that is the error."""
    shutil.copytree(undivided.data, tmp_path / "data")
    (tmp_path / "data" / "disc" / "broken.jpg").write_bytes(b"no image")
    found = cli("evaluate", "data", "--model", undivided.run, "--json").json
    assert (3, 33, ["data/disc/broken.jpg"]) == (found["n"], found["left_out"], found["undecodable"])
    assert "1, the first is data/disc/broken.jpg" in cli("evaluate", "data", "--model", undivided.run).out
    for name in ("disc", "square", "star"):
        shutil.rmtree(tmp_path / "data" / name)
    (tmp_path / "data" / "disc").mkdir()
    (tmp_path / "data" / "disc" / "broken.jpg").write_bytes(b"no image")
    refused = cli("evaluate", "data", "--model", undivided.run)
    assert_refused(refused, "none of the images of data can be measured: they do not decode")


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
