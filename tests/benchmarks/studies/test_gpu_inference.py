"""The study of a GPU, tried on the processor."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from edgebreed.benchmarks.studies.gpu_inference import (
    DRY_RUN,
    check_files,
    choose_engine,
    figures_of,
    is_bad,
    main,
    read_jpeg,
    table,
)
from edgebreed.benchmarks.studies.gpu_measurement import (
    FIRST,
    NATIVE,
    PRODUCT,
    TORCH,
    FileFigures,
    GpuPlan,
)
from edgebreed.benchmarks.studies.study_record import RESULTS
from edgebreed.edge.formats import write_model
from edgebreed.edge.images import decode
from edgebreed.edge.manifest import Precision
from edgebreed.edge.task import Task
from edgebreed.errors import EngineError, InputError

from ...conftest import colour_manifest, colour_model

PLAN = GpuPlan("cpu", rounds=2, images=3, torch=False)
ON_GPU = replace(PLAN, engine="cuda", torch=True)


def times(**ms: float) -> dict[str, list[float]]:
    """Two rounds of each way."""
    names = {"native": NATIVE, "torch": TORCH, "first": FIRST, "product": PRODUCT}
    return {names[name]: [value, value] for name, value in ms.items()}


FIGURES = FileFigures(
    file="small.onnx",
    precision=Precision.FP32,
    placement={"CUDAExecutionProvider": 9},
    cuda_graph=True,
    verified={"passed": True, "max_error": 0.001},
    open_s={"graph": 8.0, "no graph": 3.0},
    answer="colour: Red (100%)",
    max_difference={NATIVE: 0.002, TORCH: 0.001},
    single=times(product=1.2, native=1.0, torch=2.0),
    batch=times(product=10.0, torch=8.0),
    photo=times(product=5.0, first=25.0),
    stages_ms={"decode": 3.0, "inference": 1.0},
)
HALVES = [replace(FIGURES, precision=precision) for precision in (Precision.FP32, Precision.FP16)]


def test_a_processors_figures_hold_no_bound() -> None:
    """Nor miss one; the table says what it is of."""
    found = json.loads(json.dumps(figures_of(HALVES, PLAN, [DRY_RUN])))
    assert {"not measured"} == {bound["verdict"] for bound in found["bounds"].values()}
    assert found["dry_run"]
    assert [f"| {DRY_RUN} | fp32 | fp16 |", "| --- | --- | --- |"] == table(found).splitlines()[:2]


def test_a_gpus_figures_are_held_against_the_bounds() -> None:
    """Batches by images per second: a longer time is fewer of them."""
    bounds = figures_of(HALVES, ON_GPU, [])["bounds"].values()
    assert ["missed", "passed", "missed", "passed"] == [bound["verdict"] for bound in bounds]
    assert [1.2, 0.6, 0.8, 0.2] == pytest.approx([bound["found"] for bound in bounds])


def test_a_missed_bound_or_a_wrong_answer_is_bad() -> None:
    """Which the exit code tells; what was not measured is not."""
    wrong = replace(FIGURES, verified={"passed": False, "max_error": 0.5})
    assert is_bad(figures_of(HALVES, ON_GPU, []))
    assert not is_bad(figures_of(HALVES, PLAN, []))
    assert is_bad(figures_of([wrong], PLAN, []))


def test_the_table_has_a_row_for_each_way_and_fact() -> None:
    """Medians with their middle half."""
    rows = table({**figures_of(HALVES[:1], ON_GPU, []), "gpu": "NVIDIA H200"}).splitlines()
    assert "| NVIDIA H200 | fp32 |" == rows[0]
    assert "| one image, ms: edgebreed | 1.2 (1.2 to 1.2) |" in rows
    assert "| batch 3, images/s: PyTorch | 375 (375 to 375) |" in rows
    assert "| nodes by provider | CUDAExecutionProvider 9 |" in rows
    assert "| largest difference of another way | 0.002 |" in rows


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


def test_a_missing_photo_is_one_line(colours: Path, tmp_path: Path) -> None:
    """And exit 2."""
    done = run(colours, tmp_path / "none.jpg", "--engine", "cpu")
    assert (2, "", 1) == (done.exit_code, done.stdout, done.stderr.count("\n"))
    assert "none.jpg" in done.stderr


def test_a_fault_is_one_line(colours: Path, photo: Path) -> None:
    """And exit 2."""
    done = run(colours, photo, "--engine", "gpu")
    assert (2, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("no engine 'gpu': choose one of")
    assert 1 == done.stderr.count("\n")
