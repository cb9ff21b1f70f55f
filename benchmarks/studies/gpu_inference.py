"""Is a network on a GPU as fast in edgebreed as in ONNX Runtime at its fastest, and in PyTorch?

    python -m edgebreed.benchmarks.studies.gpu_inference FP32.onnx FP16.onnx PHOTO [--json]

Both files are exports of one network. All ways take turns in one process, with the copies to the GPU and
back in each: one image, a batch, and a photo from JPEG to answer, by default and as the first version did it.
Where CUDA does not load, the same steps run on the processor, for a trial of the program. The exit code is 1
where a bound is missed or a golden vector is answered wrongly.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Annotated, Any

import cv2
import typer

from edgebreed.benchmarks.machine.nvml import visible_gpu
from edgebreed.benchmarks.scenarios.input_images import FRAME, camera_frames
from edgebreed.benchmarks.studies.gpu_bounds import FLOATS, BoundVerdict, Ratios, bounds_of
from edgebreed.benchmarks.studies.gpu_measurement import (
    FIRST,
    NATIVE,
    PRODUCT,
    TORCH,
    FileFigures,
    GpuPlan,
    measure_file,
)
from edgebreed.benchmarks.studies.paired_timing import TURN, Spread, Times, ratio
from edgebreed.benchmarks.studies.study_record import JSON_HELP, StudyRecord, publish
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.engines.registry import known_engine, unavailable
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.images import read_photo
from edgebreed.edge.manifest import Precision
from edgebreed.edge.pipeline import Pipeline
from edgebreed.errors import EdgebreedError, InputError
from edgebreed.machine import versions

DRY_RUN = "dry run on the processor, no figure of it is of a GPU"
PACKAGES = ("edgebreed", "onnxruntime-gpu", "onnxruntime", "torch", "nvidia-cudnn-cu13", "numpy")


def choose_engine(asked: str | None) -> tuple[str, str]:
    """The engine to measure, and why it is not CUDA where nobody asked for the processor."""
    if asked is not None and known_engine(asked) not in ("cuda", "cpu"):
        raise InputError(f"--engine {asked}: give cuda or cpu")
    if asked is not None:
        return known_engine(asked), ""
    reason = unavailable()["cuda"]
    return ("cpu", reason) if reason else ("cuda", "")


def why_without_torch(models: Sequence[Path], engine: str) -> str:
    """Why PyTorch is not measured; empty where it is."""
    if not find_spec("torch") or not find_spec("onnx"):
        return "PyTorch is not measured: `pip install torch onnx`"
    from edgebreed.benchmarks.studies.peers.torch_engine import has_gpu
    from edgebreed.benchmarks.studies.peers.torch_network import read_network

    if engine == "cuda" and not has_gpu():
        return "PyTorch is not measured: its build finds no GPU"
    try:
        for model in models:
            read_network(model)
    except InputError as error:
        return f"PyTorch is not measured: {error}"
    return ""


def check_files(models: Sequence[Path]) -> None:
    """Refuses files that cannot be compared.

    Raises:
        InputError: one is not float, does not answer people, or is of another network.
    """
    manifests = {path: read_manifest(path) for path in models}
    for path, manifest in manifests.items():
        if manifest.precision not in FLOATS:
            raise InputError(f"{path} is {manifest.precision}: give exports in {' and '.join(FLOATS)}")
        if not manifest.task.people:
            raise InputError(
                f"{path} answers no people, whom the first version searched: train with --people"
            )
    if len({manifest.source_sha256 for manifest in manifests.values()}) > 1:
        raise InputError(f"{', '.join(map(str, models))} are of several networks: export them from one run")


def read_jpeg(photo: Path) -> bytes:
    """A photo's own bytes if it is a JPEG of 1280x720, else a JPEG of it cut and scaled to that."""
    frame, data = read_photo(photo), photo.read_bytes()
    if frame.shape[:2] == (FRAME.height, FRAME.width) and data.startswith(b"\xff\xd8"):
        return data
    return cv2.imencode(".jpg", camera_frames([photo])[0])[1].tobytes()


def ratios_of(files: Sequence[FileFigures], part: str, other: str) -> Ratios:
    """Of each precision, edgebreed's time divided by another way's; None where that was not measured."""
    times: Mapping[Precision, Times] = {file.precision: getattr(file, part) for file in files}
    return {
        name: ratio(found, PRODUCT, other).p50 if other in found else None for name, found in times.items()
    }


def figures_of(files: Sequence[FileFigures], plan: GpuPlan, notes: Sequence[str]) -> dict[str, Any]:
    """All figures, with the bounds that a GPU's have to keep; on a processor these are not measured."""
    gpu = files if plan.engine == "cuda" else ()
    native, torch = (ratios_of(gpu, "single", other) for other in (NATIVE, TORCH))
    batch = {name: found and 1 / found for name, found in ratios_of(gpu, "batch", TORCH).items()}
    bounds = bounds_of(native, torch, batch, ratios_of(gpu, "photo", FIRST))
    return {
        "gpu": _gpu(),
        "engine": plan.engine,
        "dry_run": plan.engine == "cpu",
        "notes": list(notes),
        "images": plan.images,
        "versions": versions(PACKAGES),
        "files": [file.to_dict(plan.images) for file in files],
        "bounds": {str(bound): bound.to_dict() for bound in bounds},
    }


def _gpu() -> str | None:
    """Name, driver and memory of the GPU, as its driver's tool says; None where that is missing."""
    tool = which("nvidia-smi")
    if tool is None:
        return None
    query = [
        tool,
        f"--id={visible_gpu()}",
        "--query-gpu=name,driver_version,memory.total",
        "--format=csv,noheader",
    ]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip() or None


def table(figures: Mapping[str, Any]) -> str:
    """The figures as Markdown: a row for each way, its median and middle half."""
    files = figures["files"]
    machine = DRY_RUN if figures["dry_run"] else figures["gpu"] or "a GPU"
    head = [machine, *(file["precision"] for file in files)]
    rows = [head, ["---"] * len(head)]
    for part, title in (
        ("single_ms", "one image, ms"),
        ("images_per_second", f"batch {figures['images']}, images/s"),
        ("photo_ms", "photo to answer, ms"),
    ):
        rows += [
            [f"{title}: {way}", *(str(Spread(**file[part][way])) for file in files)] for way in files[0][part]
        ]
    rows += [[title, *(describe(file) for file in files)] for title, describe in _FACTS.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


_FACTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "replayed as a CUDA graph": lambda file: "yes" if file["cuda_graph"] else "no",
    "nodes by provider": lambda file: ", ".join(
        f"{name} {count}" for name, count in file["placement"].items()
    ),
    "golden vectors": lambda file: (
        f"{'pass' if file['verified']['passed'] else 'FAIL'}, off by {file['verified']['max_error']:.2g}"
    ),
    "seconds to open, graph / no graph": lambda file: " / ".join(f"{s:.1f}" for s in file["open_s"].values()),
    "largest difference of another way": lambda file: f"{max(file['max_difference'].values()):.2g}",
    "stages of the photo, ms": lambda file: ", ".join(f"{n} {ms:.2f}" for n, ms in file["stages_ms"].items()),
    "answer to the photo": lambda file: file["answer"],
}


def main(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="fp32 and fp16 of one network.")],
    photo: Annotated[Path, typer.Argument(help="Of the model's subject; made a JPEG of 1280x720.")],
    engine: Annotated[str | None, typer.Option(help="cuda or cpu; cuda where it loads.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each way with one image.")] = 200,
    batch: Annotated[int, typer.Option(min=2, help="Images in a batch.")] = 64,
    json_: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Prints a table and whether the bounds hold."""
    try:
        found = measure_all(models, photo, choose_engine(engine), rounds, batch)
    except EdgebreedError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    samples = rounds * (TURN - 1) * len(models)
    if not json_:
        print("\n".join([table(found), *found["bounds"]]))
    elif found["dry_run"]:  # not kept: it is of no GPU
        print(json.dumps(asdict(StudyRecord.of_this_run("gpu_inference", samples, found)), indent=2))
    else:
        publish("gpu_inference", samples, found)
    raise typer.Exit(1 if is_bad(found) else 0)


def is_bad(figures: Mapping[str, Any]) -> bool:
    """Whether a bound is missed, or a golden vector is answered wrongly."""
    missed = any(bound["verdict"] == BoundVerdict.MISSED for bound in figures["bounds"].values())
    return missed or not all(file["verified"]["passed"] for file in figures["files"])


def measure_all(
    models: Sequence[Path], photo: Path, chosen: tuple[str, str], rounds: int, images: int
) -> dict[str, Any]:
    """The figures of all files."""
    engine, reason = chosen
    check_files(models)
    jpeg, torch_is_out = read_jpeg(photo), why_without_torch(models, engine)
    dry = f"{DRY_RUN}: {reason}" if reason else DRY_RUN
    notes = [note for note in (dry if engine == "cpu" else "", torch_is_out) if note]
    for note in notes:  # before minutes of measuring
        print(note, file=sys.stderr)
    plan = GpuPlan(engine, rounds, images, torch=not torch_is_out)
    # Starts CUDA, which takes a second that is no file's own.
    Pipeline.open(models[0], EngineOptions(engine, cuda_graph=False))
    return figures_of([measure_file(path, jpeg, plan) for path in models], plan, notes)


if __name__ == "__main__":
    typer.run(main)
