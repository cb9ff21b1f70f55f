"""`edgebreed export`, as users call it."""

import shutil
from pathlib import Path

import pytest

from edgebreed.edge.formats import read_manifest

from ..conftest import Cli
from ..test_cli import assert_refused

pytestmark = pytest.mark.keras


def test_the_table_says_what_was_measured_and_what_could_not_be(
    small_run: Path, tmp_path: Path, cli: Cli
) -> None:
    """For people; the small run has 12 validation images, too few for int8's budget of half a point."""
    outcome = cli(
        "export", "--run", small_run, "--precision", "int8", "--force", "--out", tmp_path / "[/]m.onnx"
    )
    assert 0 == outcome.code, outcome.err
    table = " ".join(outcome.out.replace("\u2502", " ").split())
    assert "12 images: one is 8.3 points; a loss below that cannot be measured" in table
    for row in ("size", "parity", "test images 12", "top-1 float", "top-1 exported", "agreement", "unknown"):
        assert row in table
    assert "calibration 36 train images" in table
    *_, predict, tune = outcome.out.splitlines()
    assert f"edgebreed predict PHOTO --model {tmp_path / '[/]m.onnx'}" in predict
    assert f"edgebreed tune --run {small_run}" in tune


def test_the_threshold_can_be_set(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """By `--unknown-below`, in the manifest, the record and the printed table."""
    options = ("export", "--run", small_run, "--out", tmp_path / "m.onnx", "--overwrite")
    assert 0.4 == cli(*options, "--unknown-below", 0.4, "--json").json["rejection"]["threshold"]
    assert 0.4 == read_manifest(tmp_path / "m.onnx").rejection.threshold
    assert "never answered: set by hand" in cli(*options, "--unknown-below", "off").out
    assert read_manifest(tmp_path / "m.onnx").rejection.threshold is None
    refused = cli(*options, "--unknown-below", "two")
    assert (2, True) == (refused.code, "--unknown-below two: give a score from 0 to 1" in refused.err)


def test_a_run_without_its_splits_is_refused(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    """The message says what to do."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    (run / "splits.json").unlink()
    assert_refused(cli("export", "--run", run), "splits.json is missing or damaged: train again")


def test_without_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    outcome = cli("export")
    assert 2 == outcome.code
    assert "no run under runs/: make one with `edgebreed train`" in outcome.err.splitlines()[-1]
