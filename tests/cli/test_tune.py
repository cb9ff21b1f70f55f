"""`edgebreed tune`."""

import re
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.formats import write_model
from edgebreed.edge.manifest import Accuracy, LearnedImages, Precision
from edgebreed.train.feature_cache import digest_of

from ..conftest import BLUE, RED, Cli, colour_manifest, colour_model, plain


@pytest.mark.slow
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


@pytest.mark.long
@pytest.mark.slow
def test_the_table_does_not_contradict_itself(cli: Cli, tmp_path: Path) -> None:
    """The row of ratio 1 is the chosen one and has its time; what top-1 lost or gained is said in words."""
    for precision, top1 in ((Precision.FP32, 0.95), (Precision.INT8, 0.9625)):
        manifest = colour_manifest(precision=precision, accuracy=Accuracy("test", 320, top1, 0.95))
        write_model(tmp_path / "files" / f"{precision}.onnx", colour_model(), manifest)
    out = cli("tune", "--package-dir", "files", "--budget", 1).out
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in out.splitlines() if ".onnx │" in row]
    found = re.search(r"^chosen: (\S+) in (\S+), .*p50 (\S+) ms;", out, re.MULTILINE)
    assert found is not None
    file, engine, _, ratio, ms, _ = rows[0]
    assert (file, engine, "1.00", ms) == (found[1], found[2].strip(","), ratio, found[3])
    for row in rows:  # both times are rounded to 0.1 ms, and the ratio to 0.01
        rounding = 0.06 + 0.06 * float(row[3]) + 0.006 * float(ms)
        assert float(row[3]) * float(ms) == pytest.approx(float(row[4]), abs=rounding)
    said = {row[0]: row[5] for row in rows if row[5]}
    assert said.items() <= {"fp32.onnx": "same", "int8.onnx": "1.25 gained"}.items()
    assert said


@pytest.mark.long
@pytest.mark.slow
def test_photos_that_a_model_has_learned_from_are_counted(cli: Cli, tmp_path: Path) -> None:
    """Top-1 on them is no accuracy on new photos, and is not printed as such; a file may have any name."""
    for name, colour in (("red", RED), ("blue", BLUE)):
        (tmp_path / "data" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "data" / name / "1.png"), plain(colour))
    learned = LearnedImages.of([digest_of(tmp_path / "data" / "red" / "1.png")])
    write_model(tmp_path / "files" / "[b]c.onnx", colour_model(), colour_manifest(learned=learned))
    options = ("tune", "--package-dir", "files", "--photos", "data", "--budget", 1, "--overwrite")
    assert 1 == cli(*options, "--json").json["learned_photos"]
    out = cli(*options).out
    assert 2 <= out.count("[b]c.onnx")
    assert "top-1 100.0% of 2 (34.2% to 100.0% with 95% confidence), data photos" in out
    assert "the model has learned from 1 of them, so only what is lost against float32 counts" in out


@pytest.mark.training
def test_tune_looks_where_it_will_write_before_it_exports(cli: Cli, tmp_path: Path) -> None:
    """Not after minutes: the run is not even read."""
    (tmp_path / "kept.json").touch()
    outcome = cli("tune", "--run", "gone", "--out", "kept")
    assert (2, True) == (outcome.code, "kept.json exists: pass --overwrite or another --out" in outcome.err)
