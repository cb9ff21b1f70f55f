"""What a user who errs is told: one line, exit 2, no traceback."""

import shutil
from pathlib import Path

import pytest

from ..conftest import Cli, Outcome, colour_model


def told(outcome: Outcome, message: str) -> None:
    """One line on standard error with this message, nothing on standard output."""
    assert 2 == outcome.code
    assert "" == outcome.out
    lines = outcome.err.splitlines()
    assert 1 == len(lines), outcome.err
    assert lines[0].startswith("edgebreed: ")
    assert message in lines[0]


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_a_missing_photo(cli: Cli, command: str) -> None:
    """It is named."""
    told(cli(command, "gone.jpg", "--json"), "no such file or folder: gone.jpg")


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_a_text_file_named_jpg(cli: Cli, tmp_path: Path, command: str) -> None:
    """It does not decode, and the message says what would."""
    (tmp_path / "note.jpg").write_text("hello")
    outcome = cli(command, "note.jpg")
    assert 2 == outcome.code
    assert "edgebreed: note.jpg does not decode as an image: give a JPEG" in outcome.err


@pytest.mark.parametrize("command", ["predict", "detect", "bench"])
def test_an_empty_folder(cli: Cli, tmp_path: Path, command: str) -> None:
    """It is named, with what was expected."""
    (tmp_path / "empty").mkdir()
    told(cli(command, "empty", "--json"), "no photo in empty: expected files named")


def test_a_folder_with_one_class(cli: Cli, tmp_path: Path) -> None:
    """Training and its remedy."""
    (tmp_path / "data" / "pug").mkdir(parents=True)
    (tmp_path / "data" / "pug" / "1.jpg").touch()
    told(
        cli("train", "--data", "data", "--json"), "data holds one class (pug): a classifier needs two or more"
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "command", [("inspect",), ("verify",), ("predict", "x.png", "--model"), ("bench", "--model")]
)
def test_a_model_without_a_manifest(cli: Cli, tmp_path: Path, photo: Path, command: tuple[str, ...]) -> None:
    """It is refused by name."""
    (tmp_path / "bare.onnx").write_bytes(colour_model())
    photo.rename(tmp_path / "x.png")
    told(cli(*command, "bare.onnx"), "bare.onnx: no manifest: export it with `edgebreed export`")


@pytest.mark.parametrize("engine", ["cuda", "tensorrt", "CUDAExecutionProvider"])
def test_a_provider_that_is_not_there(cli: Cli, photo: Path, colours: Path, engine: str) -> None:
    """What is there, and what to install."""
    told(cli("predict", photo, "--model", colours, "--engine", engine), "--engine cpu or --allow-fallback")


def test_a_provider_that_does_not_exist(cli: Cli) -> None:
    """The list of those that do."""
    told(cli("bench", "--engine", "abacus"), "no engine 'abacus': choose one of auto, tensorrt, cuda, cpu")


@pytest.mark.parametrize(
    "arguments", [("predict",), ("frobnicate",), ("bench", "--duration", "soon"), ("train", "--arch", "x")]
)
def test_a_wrong_command_line(cli: Cli, arguments: tuple[str, ...]) -> None:
    """It says where help is."""
    told(cli(*arguments), "(see `edgebreed --help`)")


@pytest.mark.parametrize("command", [("export",), ("evaluate", ".")])
def test_no_run_yet(cli: Cli, command: tuple[str, ...]) -> None:
    """How to make one."""
    told(cli(*command), "no run under runs/: make one with `edgebreed train`")


def test_a_run_without_its_splits(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    """How to make them again."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    (run / "splits.json").unlink()
    told(cli("export", "--run", run), "splits.json is missing or damaged: train again")


def test_one_bad_photo_costs_the_others_nothing(cli: Cli, tmp_path: Path, photo: Path, colours: Path) -> None:
    """They are answered; the exit code tells that one was not."""
    (tmp_path / "note.jpg").write_text("hello")
    outcome = cli("predict", photo, "note.jpg", photo, "--model", colours, "--json")
    assert 2 == outcome.code
    assert 2 == len(outcome.out.splitlines())
    assert 1 == len(outcome.err.splitlines())
