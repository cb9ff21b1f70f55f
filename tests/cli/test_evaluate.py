"""`edgebreed evaluate`."""

import shutil
from pathlib import Path

import cv2
import pytest

from ..conftest import BLUE, RED, Cli, plain
from ..test_cli import assert_refused

pytestmark = pytest.mark.keras


def test_the_engine_that_ran_is_shown(small_run: Path, small_data: Path, cli: Cli, colours: Path) -> None:
    """For programs and for people."""
    assert "keras" == cli("evaluate", small_data, "--model", small_run, "--json").json["engine"]
    for name, colour in (("red", RED), ("blue", BLUE)):
        (colours.parent / "images" / name).mkdir(parents=True)
        cv2.imwrite(str(colours.parent / "images" / name / "1.png"), plain(colour))
    outcome = cli("evaluate", "images", "--model", colours, "--engine", "cpu", "--json")
    assert (1.0, "onnxruntime/CPUExecutionProvider") == (outcome.json["top1"], outcome.json["engine"])
    assert "onnxruntime/CPUExecutionProvider" in cli("evaluate", "images", "--model", colours).out


def test_a_run_has_no_engine_to_choose(small_run: Path, small_data: Path, cli: Cli) -> None:
    """Naming one is refused, as Keras runs it."""
    outcome = cli("evaluate", small_data, "--model", small_run, "--engine", "openvino")
    assert (2, 1) == (outcome.code, len(outcome.err.splitlines()))
    assert "--engine openvino is for exported files" in outcome.err


def test_corruptions_go_into_the_report_of_the_run(
    small_run: Path, small_data: Path, tmp_path: Path, cli: Cli
) -> None:
    """Top-1 under each, beside that of the images as they are."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    found = cli("evaluate", small_data, "--model", run, "--corruptions", "--json").json
    assert {"crop", "wide", "blur", "noise", "dark", "rotation", "jpeg"} == set(found["corruptions"])
    assert "Top-1 under corruptions" in (run / "report.html").read_text()


def test_evaluate_measures_a_file_on_a_folder_of_classes(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """Top-1 over all images, and of each class."""
    for name, colour in (("red", RED), ("blue", BLUE), ("green", BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    measured = cli("evaluate", "data", "--model", colours, "--json").json
    assert 3 == measured["n"]
    assert abs(measured["top1"] - 2 / 3) < 1e-9


def test_without_a_model_or_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    assert_refused(cli("evaluate", "."), "no run under runs/: make one with `edgebreed train`")
