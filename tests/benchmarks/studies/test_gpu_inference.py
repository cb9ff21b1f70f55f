"""The study of a GPU, tried on the processor."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import typer
from typer.testing import CliRunner, Result

from edgebreed.benchmarks.studies.gpu_inference import (
    DEFAULT,
    DRY_RUN,
    FIRST,
    NATIVE,
    PRODUCT,
    TORCH,
    FileFigures,
    GpuPlan,
    check_files,
    choose_engine,
    figures_of,
    main,
    measure_file,
    read_jpeg,
    table,
)
from edgebreed.benchmarks.studies.study_record import RESULTS
from edgebreed.edge.formats import write_model
from edgebreed.edge.images import decode
from edgebreed.edge.manifest import Precision
from edgebreed.edge.task import Task
from edgebreed.errors import EngineError, InputError

from ...conftest import RED, colour_manifest, colour_model, plain

PLAN = GpuPlan("cpu", rounds=2, images=3, torch=False)
ON_GPU = replace(PLAN, engine="cuda", torch=True)


@pytest.fixture
def figures(colours: Path) -> FileFigures:
    """Of the model that tells colours."""
    return measure_file(colours, cv2.imencode(".jpg", plain(RED))[1].tobytes(), PLAN)


def test_everything_is_measured(figures: FileFigures) -> None:
    """Each way in each round; all ways answer alike."""
    assert {PRODUCT, NATIVE, DEFAULT} == figures.single.keys()
    assert ({PRODUCT, NATIVE}, {PRODUCT, FIRST}) == (set(figures.batch), set(figures.photo))
    assert [2, 2, 1] == [
        len(figures.single[PRODUCT]),
        len(figures.single[NATIVE]),
        len(figures.batch[NATIVE]),
    ]
    assert {NATIVE: 0.0, DEFAULT: 0.0} == figures.max_difference
    assert ("colour: Red (100%)", False, True) == (
        figures.answer,
        figures.cuda_graph,
        figures.verified["passed"],
    )
    assert {"CPUExecutionProvider"} == figures.placement.keys()
    assert ["decode", "resize", "inference", "decision"] == list(figures.stages_ms)


def test_a_processors_figures_hold_no_bound(figures: FileFigures) -> None:
    """Nor miss one; the table says what it is of."""
    halves = [replace(figures, precision=precision) for precision in (Precision.FP32, Precision.FP16)]
    found = json.loads(json.dumps(figures_of(halves, PLAN, [DRY_RUN])))
    assert {"not measured"} == {bound["verdict"] for bound in found["bounds"].values()}
    assert found["dry_run"]
    assert table(found).startswith(
        f"| {DRY_RUN} | fp32 | fp16 |\n| --- | --- | --- |\n| one image, ms: edgebreed |"
    )


def times(**ms: float) -> dict[str, list[float]]:
    """Two rounds of each way."""
    names = {"native": NATIVE, "torch": TORCH, "first": FIRST, "product": PRODUCT}
    return {names[name]: [value, value] for name, value in ms.items()}


def test_a_gpus_figures_are_held_against_the_bounds(figures: FileFigures) -> None:
    """Batches by images per second: a longer time is fewer of them."""
    measured = replace(
        figures,
        single=times(product=1.2, native=1.0, torch=2.0),
        batch=times(product=10.0, torch=8.0),
        photo=times(product=5.0, first=25.0),
    )
    halves = [replace(measured, precision=precision) for precision in (Precision.FP32, Precision.FP16)]
    bounds = figures_of(halves, ON_GPU, [])["bounds"].values()
    assert ["missed", "passed", "missed", "passed"] == [bound["verdict"] for bound in bounds]
    assert [1.2, 0.6, 0.8, 0.2] == pytest.approx([bound["found"] for bound in bounds])
    ratios = measured.to_dict(3)["time_ratio_to"]
    assert (1.25, 0.2) == (ratios["batch"]["PyTorch"]["p50"], ratios["photo"][FIRST]["p50"])
    assert 300.0 == pytest.approx(measured.to_dict(3)["images_per_second"][PRODUCT]["p50"])


def test_the_engine_is_cuda_where_it_loads() -> None:
    """Else the processor, with the reason; what is asked for by name is taken by its word."""
    assert ("cpu", "") == choose_engine("cpu")
    assert ("cuda", "") == choose_engine("CUDAExecutionProvider")
    engine, reason = choose_engine(None)
    assert (engine == "cuda") == (reason == "")
    with pytest.raises(InputError, match="--engine openvino: give cuda or cpu"):
        choose_engine("openvino")
    with pytest.raises(EngineError, match="no engine 'gpu': choose one of"):
        choose_engine("gpu")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"precision": Precision.INT8}, r"other\.onnx is int8: give exports in fp32 and fp16"),
        (
            {"task": Task.of("colour", people=False)},
            r"other\.onnx answers no people, .*: train with --people",
        ),
        ({"source_sha256": "1" * 64}, "are of several networks: export them from one run"),
    ],
)
def test_files_that_cannot_be_compared_are_refused(
    colours: Path, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    """By name, with what to give instead."""
    other = tmp_path / "other.onnx"
    write_model(other, colour_model(), colour_manifest(**changes))
    with pytest.raises(InputError, match=message):
        check_files([colours, other])


def test_a_photo_becomes_a_jpeg_of_the_frames_size(tmp_path: Path, photo: Path) -> None:
    """One that is such a JPEG keeps its bytes."""
    made = read_jpeg(photo)
    assert (720, 1280, 3) == decode(made).shape
    ready = tmp_path / "ready.jpg"
    ready.write_bytes(made)
    assert made == read_jpeg(ready)


def run(*arguments: object) -> Result:
    """Runs the study as a command."""
    app = typer.Typer()
    app.command()(main)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_trial_on_the_processor(colours: Path, photo: Path) -> None:
    """Exit 0, and one JSON object that is not kept as a result."""
    kept = set(RESULTS.iterdir())
    done = run(colours, photo, "--engine", "cpu", "--rounds", "1", "--batch", "2", "--json")
    assert (0, True) == (done.exit_code, json.loads(done.stdout)["figures"]["dry_run"])
    assert done.stderr.startswith(DRY_RUN)
    assert kept == set(RESULTS.iterdir())


def test_a_fault_is_one_line(colours: Path, photo: Path) -> None:
    """And exit 2."""
    done = run(colours, photo, "--engine", "gpu")
    assert (2, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("no engine 'gpu': choose one of")
    assert 1 == done.stderr.count("\n")
