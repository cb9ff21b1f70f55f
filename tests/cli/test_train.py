"""`edgebreed train`, and the export of its run."""

from pathlib import Path

import pytest

from ..conftest import Cli
from ..test_cli import assert_refused


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


def test_a_folder_with_one_class_is_refused(cli: Cli, tmp_path: Path) -> None:
    """Before a run is created."""
    (tmp_path / "data" / "disc").mkdir(parents=True)
    (tmp_path / "data" / "disc" / "1.jpg").touch()
    outcome = cli("train", "--data", "data", "--json")
    assert_refused(outcome, "data holds one class (disc): a classifier needs two or more")
    assert not (tmp_path / "runs").exists()
