"""`edgebreed train`, and the export of its run."""

import shutil
from pathlib import Path

import pytest

from edgebreed.commands.train import parse_arch
from edgebreed.train.config import Arch

from ..conftest import Cli
from ..outputs.small_disk import MAY_MOUNT, small_disk
from ..test_cli import assert_refused


def test_a_seed_is_no_negative_number(small_data: Path, cli: Cli) -> None:
    """No random generator takes one."""
    outcome = cli("train", "--data", small_data, "--seed", -1)
    assert (2, True) == (outcome.code, "--seed" in outcome.err)


def test_passes_without_tuning_are_refused(small_data: Path, cli: Cli) -> None:
    """They would be ignored."""
    outcome = cli("train", "--data", small_data, "--fine-tune-epochs", 3)
    assert (2, "edgebreed: --fine-tune-epochs 3 is for --fine-tune: pass that too\n") == (
        outcome.code,
        outcome.err,
    )


@pytest.mark.training
def test_an_architecture_has_two_names(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """`xception` and `transfer` mean the same, another one is refused with the list."""
    assert Arch.TRANSFER is parse_arch("xception") is parse_arch("transfer")
    for name in ("xception", "transfer"):
        outcome = cli("train", "--data", small_data, "--arch", name, "--resume", "--out", tmp_path)
        assert "features are cached, run the transfer again" in outcome.err
    outcome = cli("train", "--arch", "yolo")
    assert (2, True) == (outcome.code, "'yolo' is not one of scratch, transfer" in outcome.err)


@pytest.mark.keras
def test_a_small_run_is_shown_and_as_json(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """With what a user gets, and why nothing is unknown."""
    arguments = ("train", "--data", small_data, "--arch", "scratch", "--epochs", 1, "--size", 32)
    outcome = cli(*arguments, "--people", "--subject", "rocket", "--out", tmp_path / "a")
    shown = " ".join(outcome.out.replace("│", "").split())
    assert "withheld 0.0%" in shown
    assert "with 95% confidence" in shown
    assert "top-5" not in shown
    assert "nobody can be answered as a person then" in shown
    assert f"edgebreed tune --run {tmp_path / 'a'}" in shown
    data = cli(*arguments, "--unknown-below", 1, "--out", tmp_path / "b", "--json").json
    promised = {"run", "arch", "classes", "train_images", "test", "seconds", "trainable_parameters", "schema"}
    assert promised <= set(data)
    assert {"top1", "top5", "n", "delivered"} <= set(data["test"])
    assert 1.0 == data["test"]["delivered"]["withheld"]
    assert "history" not in data


@pytest.mark.long
@pytest.mark.keras
def test_a_class_without_a_test_image_is_warned_of(small_data: Path, tmp_path: Path, cli: Cli) -> None:
    """By train, its report and export: of what was not tested, nobody says that it works."""
    shutil.copytree(small_data, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "test" / "star")
    options = ("--data", "data", "--arch", "scratch", "--epochs", 1, "--size", 32, "--out", "run")
    trained = cli("train", *options)
    warning = "no image shows star: nothing is known of its accuracy"
    exported = cli("export", "--run", "run", "--out", "m.onnx")
    for outcome in (trained, exported):
        text = " ".join(outcome.out.replace("\u2502", " ").split())
        assert warning in text
        assert "of 8, which show 2 of 3 classes" in text
    page = (tmp_path / "run" / "report.html").read_text()
    assert "No test image shows 1 of 3 classes" in page
    assert warning.capitalize() in page
    test = cli("export", "--run", "run", "--out", "m2.onnx", "--json").json["test"]
    assert (["star"], None, 8) == (test["untested_classes"], test["balanced_accuracy"], test["n"])


@pytest.mark.long
@pytest.mark.keras
def test_the_bare_commands_train_and_export_a_model(cli: Cli, tmp_path: Path) -> None:
    """`train`, then `export --format onnx`, on the drawn demo data set."""
    trained = cli("train", "--epochs", 1, "--size", 32, "--json")
    assert 0 == trained.code, trained.err
    assert ("runs/scratch", "scratch", "demo") == tuple(trained.json[key] for key in ("run", "arch", "data"))
    assert "coloured shapes drawn by the program" in trained.err
    exported = cli("export", "--format", "onnx", "--json")
    assert 0 == exported.code, exported.err
    assert (tmp_path / exported.json["path"]).is_file()
    measured = cli("evaluate", "runs/scratch/demo-data", "--model", exported.json["path"], "--json").json
    assert measured["top1"] == pytest.approx(trained.json["test"]["top1"])


@pytest.mark.training
def test_a_folder_with_one_class_is_refused(cli: Cli, tmp_path: Path) -> None:
    """Before a run is created."""
    (tmp_path / "data" / "disc").mkdir(parents=True)
    (tmp_path / "data" / "disc" / "1.jpg").touch()
    outcome = cli("train", "--data", "data", "--json")
    assert_refused(outcome, "data holds one class (disc): a classifier needs two or more")
    assert not (tmp_path / "runs").exists()


@pytest.mark.long
@pytest.mark.keras
def test_a_run_without_a_test_folder_is_measured_on_what_it_set_aside(
    cli: Cli, tmp_path: Path, small_data: Path
) -> None:
    """As `evaluate` of the run and of its export measures it; files that are not read are told."""
    shutil.copytree(small_data, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "test")
    (tmp_path / "data" / "notes.txt").touch()
    (tmp_path / "data" / "train" / "star" / "1.heic").touch()
    command = (
        "train",
        "--data",
        "data",
        "--arch",
        "scratch",
        "--epochs",
        1,
        "--size",
        32,
        "--keep-duplicates",
    )
    trained = cli(*command, "--out", "data/run", "--json").json
    assert ({"test": 3}, 3, {"heic": 1, "output": 1, "loose": 1}) == (
        trained["set_aside"],
        trained["test"]["n"],
        trained["left_out_counts"],
    )
    assert ["data/notes.txt"] == trained["left_out"]["loose"]
    exported = cli("export", "--run", "data/run", "--format", "onnx", "--json").json["path"]
    for model in ("data/run", exported):
        measured = cli("evaluate", "data", "--model", model, "--json").json
        assert (3, trained["test"]["top1"]) == (measured["n"], pytest.approx(measured["top1"]))
    shown = cli(*command, "--out", "data/again").out
    assert "3 test images, from train" in shown
    assert "left out: 1 in HEIC: convert to JPEG (data/train/star/1.heic)" in shown
    assert "written by edgebreed (data/again/" in shown


@pytest.mark.long
@pytest.mark.keras
def test_shown_labels_do_not_move_classes(cli: Cli, tmp_path: Path, small_data: Path) -> None:
    """Folders 0 to 2, shown as 1 to 3, are measured as training measured them."""
    for number, name in enumerate(("disc", "square", "star")):
        for split in ("train", "valid", "test"):
            shutil.copytree(small_data / split / name, tmp_path / "data" / split / str(number))
    (tmp_path / "names.json").write_text('{"0": 1, "1": 2, "2": 3}')
    command = ("train", "--data", "data", "--arch", "scratch", "--epochs", 1, "--size", 32, "--out", "run")
    trained = cli(*command, "--names", "names.json", "--json").json
    measured = cli("evaluate", "data", "--model", "run", "--json").json
    assert (12, trained["test"]["top1"]) == (measured["n"], pytest.approx(measured["top1"]))


@pytest.mark.long
@pytest.mark.keras
@pytest.mark.skipif(not MAY_MOUNT, reason="makes a small disk, which needs root")
def test_a_full_disk_is_one_line(cli: Cli, tmp_path: Path, small_data: Path) -> None:
    """And the folder that the training had made is gone, with the log of an epoch that counts for nothing."""
    options = ("--arch", "scratch", "--size", "32", "--epochs", "1", "--cache", tmp_path / "cache")
    with small_disk(tmp_path / "disk", 2000) as disk:
        outcome = cli("train", "--data", small_data, *options, "--out", disk / "run")
        left = list(disk.iterdir())
    assert (2, []) == (outcome.code, left)
    said = [line for line in outcome.err.splitlines() if line.startswith("edgebreed: ")]
    assert [f"edgebreed: cannot write {disk}/run/checkpoint.npz: No space left on device"] == said
