"""`edgebreed tune`."""

from pathlib import Path

from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Accuracy

from ..conftest import Cli, colour_manifest, colour_model


def test_tune_keeps_the_fastest(cli: Cli, tmp_path: Path, colours: Path) -> None:
    """From a folder of exported files, without TensorFlow; the file records how it runs fastest."""
    measured = Accuracy("test", 320, 0.97, 0.97)
    (tmp_path / "files").mkdir()
    write_model(tmp_path / "files" / "c.onnx", colour_model(), colour_manifest(accuracy=measured))
    outcome = cli("tune", "--package-dir", "files", "--budget", 1, "--json")
    assert 0 == outcome.code, outcome.err
    chosen = outcome.json["chosen"]
    assert ("files/tuned.onnx", True) == (chosen["out"], (tmp_path / "files" / "tuned.onnx").is_file())
    assert chosen["engine"] == cli("inspect", chosen["out"], "--json").json["tuned"]["engine"]
    assert "chosen: " in cli("tune", "--package-dir", "files", "--budget", 1, "--out", "other").out


def test_tune_looks_where_it_will_write_before_it_exports(cli: Cli, tmp_path: Path) -> None:
    """Not after minutes: the run is not even read."""
    (tmp_path / "kept.json").touch()
    outcome = cli("tune", "--run", "gone", "--out", "kept")
    assert (2, True) == (outcome.code, "kept.json exists: pass --overwrite or another --out" in outcome.err)
