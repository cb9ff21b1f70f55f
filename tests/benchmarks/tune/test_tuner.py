"""Tries, measures, filters and keeps."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.tune.packages import read_packages
from edgebreed.benchmarks.tune.tuner import TuneConfig, refuse_unwritable, tune
from edgebreed.edge.formats import read_manifest, write_model
from edgebreed.edge.manifest import Accuracy, Precision
from edgebreed.errors import EngineError, InputError, ProofError
from edgebreed.train.dataset import LabelledImage

from ...conftest import colour_manifest, colour_model


@pytest.fixture
def config(tmp_path: Path) -> TuneConfig:
    """A float file and an int8 file that lost two points."""
    folder, drawn = tmp_path / "files", tmp_path / "drawn"
    drawn.mkdir()
    for precision, top1 in ((Precision.FP32, 0.97), (Precision.INT8, 0.95)):
        manifest = colour_manifest(precision=precision, accuracy=Accuracy("test", 320, top1, 0.97))
        write_model(folder / f"{precision}.onnx", colour_model(), manifest)
    packages, frames = tuple(read_packages(folder)), tuple(write_drawn(drawn))
    return TuneConfig(packages, frames, budget=1.0, out=tmp_path / "tuned")


def test_the_chosen_file_carries_its_evidence(config: TuneConfig, tmp_path: Path) -> None:
    """Written with what was measured, beside the baselines, and readable as any other."""
    evidence = tune(config)
    chosen, tuned = evidence["chosen"], read_manifest(tmp_path / "tuned.onnx").tuned
    assert tuned is not None
    assert (chosen["engine"], chosen["threads"]) == (tuned.engine, tuned.threads)
    assert (0.97, 0.0, 320) == (tuned.top1, tuned.drop_points, tuned.n)
    assert 2 == len(tuned.by_baseline)
    assert all(0 < share < 5 for share in tuned.by_baseline.values())
    assert json.loads(json.dumps(evidence)) == json.loads((tmp_path / "tuned.json").read_text())


def test_a_file_that_lost_too_much_is_never_chosen(config: TuneConfig) -> None:
    """However fast it is."""
    evidence = tune(config)
    assert {"fp32.onnx"} == {Path(one["file"]).name for one in evidence["candidates"] if one["final"]}
    assert "fp32.onnx" == Path(evidence["chosen"]["file"]).name
    assert {"fp32.onnx", "int8.onnx"} == {Path(one["file"]).name for one in evidence["candidates"]}


def test_nothing_right_enough_is_exit_code_1(config: TuneConfig, tmp_path: Path) -> None:
    """With how near the best came; nothing is written."""
    int8 = tuple(package for package in config.packages if not package.is_reference)
    with pytest.raises(ProofError, match=r"at most 0\.5 points of top-1: the best loses 2\.00 points"):
        tune(replace(config, packages=int8))
    assert not (tmp_path / "tuned.onnx").exists()


def test_why_no_accuracy_is_known_is_told(config: TuneConfig) -> None:
    """No photos were given, or nothing to hold them against."""
    bare = [replace(one, manifest=replace(one.manifest, accuracy=None)) for one in config.packages]
    with pytest.raises(ProofError, match="no accuracy is known: pass --photos"):
        tune(replace(config, packages=tuple(bare)))
    int8 = tuple(one for one in bare if not one.is_reference)
    photos = tuple(LabelledImage(path, 0) for path in config.frames)
    with pytest.raises(ProofError, match="the float model's accuracy is not known: put its float32 file"):
        tune(replace(config, packages=int8, photos=photos))


def test_files_that_do_not_open_are_exit_code_2(config: TuneConfig) -> None:
    """None of them; where some do, those are tuned."""
    whole, broken = config.packages
    broken.path.write_bytes(b"nothing")
    assert whole.path.name == Path(tune(replace(config, packages=(whole, broken)))["chosen"]["file"]).name
    with pytest.raises(EngineError, match=r"none of \d+ candidates runs here: .*see `edgebreed doctor`"):
        tune(replace(config, packages=(broken,), out=config.out.with_name("other")))


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    """Before anything is exported or measured; a folder that is not there yet will be made."""
    (tmp_path / "file").touch()
    with pytest.raises(
        InputError, match=r"cannot write .*file is no folder that may be written, pass another --out"
    ):
        refuse_unwritable(tmp_path / "file" / "tuned", overwrite=False)
    refuse_unwritable(tmp_path / "new" / "folder" / "tuned", overwrite=False)


def test_files_are_not_overwritten(config: TuneConfig, tmp_path: Path) -> None:
    """It is said before anything is measured."""
    (tmp_path / "tuned.json").touch()
    with pytest.raises(InputError, match=r"tuned\.json exists: pass --overwrite or another --out"):
        replace(config, out=tmp_path / "tuned")
