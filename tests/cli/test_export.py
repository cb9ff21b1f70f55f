"""`edgebreed export`, as users call it."""

import shutil
from pathlib import Path

import pytest

from edgebreed.edge.formats import read_manifest

from ..conftest import Cli, colour_model
from ..export.float_files import LOUD, colour_net, float_file, write_photos
from ..test_cli import assert_refused


@pytest.mark.keras
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


@pytest.mark.long
@pytest.mark.keras
def test_the_threshold_can_be_set(small_run: Path, tmp_path: Path, cli: Cli) -> None:
    """By `--unknown-below`, in the manifest, the record and the printed table."""
    options = ("export", "--run", small_run, "--out", tmp_path / "m.onnx", "--overwrite")
    assert 0.4 == cli(*options, "--unknown-below", 0.4, "--json").json["rejection"]["threshold"]
    assert 0.4 == read_manifest(tmp_path / "m.onnx").rejection.threshold
    assert "never answered: set by hand" in cli(*options, "--unknown-below", "off").out
    assert read_manifest(tmp_path / "m.onnx").rejection.threshold is None
    refused = cli(*options, "--unknown-below", "two")
    assert (2, True) == (refused.code, "--unknown-below two: give a score from 0 to 1" in refused.err)


@pytest.mark.keras
def test_a_run_without_its_splits_is_refused(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    """The message says what to do."""
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    (run / "splits.json").unlink()
    assert_refused(cli("export", "--run", run), "splits.json is missing or damaged: train again")


@pytest.mark.keras
def test_without_a_run_the_message_says_how_to_make_one(cli: Cli) -> None:
    """Instead of a missing file."""
    outcome = cli("export")
    assert 2 == outcome.code
    assert "no run under runs/: make one with `edgebreed train`" in outcome.err.splitlines()[-1]


@pytest.mark.training
def test_a_file_is_exported_again_without_its_run(tmp_path: Path, cli: Cli) -> None:
    """The table says how many photos were measured and calibrated on, and what was not measured."""
    float_file(tmp_path / "m.onnx")
    write_photos(tmp_path / "photos", 70)
    outcome = cli("export", "--from", "m.onnx", "--precision", "int8", "--calibration", "photos")
    assert 0 == outcome.code, outcome.err
    table = " ".join(outcome.out.replace("\u2502", " ").split())
    for row in ("fp32 differs from m.onnx by", "measured images 35", "calibration 35 photos images"):
        assert row in table
    assert "top-1 not measured: pass --data DIR with labelled photos" in table
    assert "edgebreed predict PHOTO --model m-int8.onnx" in outcome.out.splitlines()[-1]


@pytest.mark.training
def test_json_of_a_file_without_labels_claims_no_accuracy(tmp_path: Path, cli: Cli) -> None:
    """Agreement alone; the keys are those of a run's export."""
    float_file(tmp_path / "m.onnx")
    write_photos(tmp_path / "photos", 40)
    options = ("--precision", "weight-int8", "--calibration", "photos", "--json")
    data = cli("export", "--from", "m.onnx", *options).json
    assert (None, None, [], None) == (data["accuracy"], data["test"], data["losses"], data["calibration"])
    assert ("m-weight-int8.onnx", "measured", 40) == (data["path"], data["split"], data["n"])
    assert data["agreement"]["top1"] == data["validation"]["agreement"] > 0.97


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--run", "runs/x"), "--run with --from: give one of them, a run or a file"),
        (("--opset", 13), "--opset with --from: the file keeps its own"),
        (("--static-batch",), "--static-batch with --from: the file keeps its own batch"),
    ],
)
def test_options_of_a_run_are_refused_beside_a_file(
    cli: Cli, options: tuple[object, ...], message: str
) -> None:
    """Each by its name."""
    assert_refused(cli("export", "--from", "m.onnx", "--precision", "int8", *options), message)


@pytest.mark.training
def test_a_file_that_misses_the_gate_exits_1(tmp_path: Path, cli: Cli) -> None:
    """With what was measured above the line; nothing is written."""
    float_file(tmp_path / "m.onnx", colour_net(LOUD))
    write_photos(tmp_path / "photos", 100)
    options = ("--precision", "int8", "--calibration", "photos", "--target", "x86", "--max-float-layers", 0)
    outcome = cli("export", "--from", "m.onnx", *options)
    assert (1, False) == (outcome.code, (tmp_path / "m-int8.onnx").exists())
    assert "0 in float" in outcome.err
    assert "top-1 agreement is" in outcome.err.splitlines()[-1]


@pytest.mark.training
def test_a_file_without_a_manifest_is_refused(tmp_path: Path, cli: Cli) -> None:
    """Nobody knows its classes, or how photos are resized for it."""
    (tmp_path / "bare.onnx").write_bytes(colour_model())
    options = ("--precision", "int8", "--calibration", tmp_path)
    assert_refused(cli("export", "--from", "bare.onnx", *options), "bare.onnx: no manifest")
