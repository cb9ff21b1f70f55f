"""Tries every configuration and keeps the fastest that is accurate enough."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.tune.configurations import Baseline
from edgebreed.benchmarks.tune.tune_result import TuneResult
from edgebreed.benchmarks.tune.tuner import TuneConfig, check_writable, tune
from edgebreed.benchmarks.tune.variants import read_variants
from edgebreed.edge.engines.registry import ENGINES
from edgebreed.edge.formats import read_manifest, write_model
from edgebreed.edge.manifest import Accuracy, DetectorConfig, Precision
from edgebreed.edge.task import Task
from edgebreed.errors import EngineError, InputError, ProofError
from edgebreed.train.dataset import LabelledImage

from ...conftest import colour_manifest, colour_model


def request_in(place: Path) -> TuneConfig:
    """A float file and an int8 file that lost two points."""
    folder, drawn = place / "files", place / "drawn"
    drawn.mkdir()
    for precision, top1 in ((Precision.FP32, 0.97), (Precision.INT8, 0.95)):
        manifest = colour_manifest(precision=precision, accuracy=Accuracy("test", 320, top1, 0.97))
        write_model(folder / f"{precision}.onnx", colour_model(), manifest)
    variants, frames = tuple(read_variants(folder)), tuple(write_synthetic_images(drawn))
    return TuneConfig(variants, frames, budget=1.0, out=place / "tuned")


@pytest.fixture
def config(tmp_path: Path) -> TuneConfig:
    """A request that a test may change, with files of its own."""
    return request_in(tmp_path)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> TuneResult:
    """What such a request finds; the engines take seconds."""
    return tune(request_in(tmp_path_factory.mktemp("once")))


@pytest.mark.long
@pytest.mark.slow
def test_the_chosen_file_states_how_it_was_tuned(result: TuneResult) -> None:
    """Written with what was measured, beside the baselines, and readable as any other."""
    chosen, tuned = result.chosen, read_manifest(result.chosen.out).tuned
    assert tuned is not None
    assert "tuned.onnx" == chosen.out.name
    inference = chosen.candidate.inference
    assert (inference.engine, inference.threads) == (tuned.engine, tuned.threads)
    assert (0.97, 0.0, 320) == (tuned.top1, tuned.drop_points, tuned.n)
    assert set(Baseline) == set(tuned.by_baseline)
    assert all(0 < share < 5 for share in tuned.by_baseline.values())
    evidence = json.loads(chosen.out.with_suffix(".json").read_text())
    assert evidence == json.loads(json.dumps(result.to_dict()))


@pytest.mark.long
@pytest.mark.slow
def test_a_model_without_people_is_tuned_without_a_face_search(config: TuneConfig) -> None:
    """Its file names no detector, and photos of people to tune one on are refused."""
    task, detector = Task.of("colour", people=False), DetectorConfig()
    for variant in config.variants:
        manifest = replace(variant.manifest, task=task, detector=detector)
        write_model(variant.path, colour_model(), manifest, overwrite=True)
    config = replace(config, variants=tuple(read_variants(config.variants[0].path.parent)))
    result = tune(config)
    assert None is result.to_dict()["chosen"]["detector"]
    assert {Baseline.FLOAT} == set(result.chosen.by_baseline)
    assert detector == read_manifest(result.chosen.out).detector
    with pytest.raises(InputError, match="--people: these models do not answer people, leave it out"):
        replace(config, people=config.frame_images, out=config.out.with_name("other"))


@pytest.mark.long
@pytest.mark.slow
def test_a_gpu_engine_that_was_not_tried_is_told(
    config: TuneConfig, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line and in the record; a driver that is missing would leave the GPU idle for ever."""
    cuda = replace(ENGINES["cuda"], why_unavailable=lambda: None, why_not_loading=lambda: "no driver")
    monkeypatch.setitem(ENGINES, "cuda", cuda)
    assert {"cuda": "no driver"} == tune(config).to_dict()["rejected"]
    assert "not tried: cuda: no driver" in [record.message for record in caplog.records]


@pytest.mark.long
@pytest.mark.slow
def test_a_file_that_lost_too_much_is_never_chosen(result: TuneResult) -> None:
    """However fast it is."""
    files = {one.inference.variant.path.name: one.timing.final for one in result.candidates}
    assert {"fp32.onnx", "int8.onnx"} == set(files)
    assert not files["int8.onnx"]
    assert "fp32.onnx" == result.chosen.candidate.inference.variant.path.name


@pytest.mark.long
def test_no_accurate_candidate_is_exit_code_1(config: TuneConfig, tmp_path: Path) -> None:
    """With how near the best came; nothing is written."""
    int8 = tuple(variant for variant in config.variants if not variant.is_baseline)
    with pytest.raises(ProofError, match=r"at most 0\.5 points of top-1: the best loses 2\.00 points"):
        tune(replace(config, variants=int8))
    assert not (tmp_path / "tuned.onnx").exists()


@pytest.mark.long
@pytest.mark.slow
def test_the_error_says_why_no_accuracy_is_known(config: TuneConfig) -> None:
    """No images were given, or no float model to compare with."""
    silent = [replace(one, manifest=replace(one.manifest, accuracy=None)) for one in config.variants]
    with pytest.raises(ProofError, match="no accuracy is known: pass --photos"):
        tune(replace(config, variants=tuple(silent)))
    int8 = tuple(one for one in silent if not one.is_baseline)
    labelled = tuple(LabelledImage(path, 0) for path in config.frame_images)
    with pytest.raises(ProofError, match="the float model's accuracy is not known: put its float32 file"):
        tune(replace(config, variants=int8, labelled=labelled))


@pytest.mark.long
@pytest.mark.slow
def test_files_that_do_not_open_are_exit_code_2(config: TuneConfig) -> None:
    """None of them; where some do, those are tuned."""
    whole, broken = config.variants
    broken.path.write_bytes(b"nothing")
    result = tune(replace(config, variants=(whole, broken)))
    assert whole.path == result.chosen.candidate.inference.variant.path
    with pytest.raises(EngineError, match=r"none of \d+ candidates runs here: .*see `edgebreed doctor`"):
        tune(replace(config, variants=(broken,), out=config.out.with_name("other")))


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    """Before anything is exported or measured; a folder that is not there yet will be made."""
    (tmp_path / "file").touch()
    with pytest.raises(
        InputError, match=r"cannot write .*file is no folder that may be written, pass another --out"
    ):
        check_writable(tmp_path / "file" / "tuned", overwrite=False)
    check_writable(tmp_path / "new" / "folder" / "tuned", overwrite=False)


def test_files_are_not_overwritten(config: TuneConfig, tmp_path: Path) -> None:
    """Refused before anything is measured."""
    (tmp_path / "tuned.json").touch()
    with pytest.raises(InputError, match=r"tuned\.json exists: pass --overwrite or another --out"):
        replace(config, out=tmp_path / "tuned")
