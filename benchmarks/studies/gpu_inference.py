"""Is a network on a GPU as fast in edgebreed as in ONNX Runtime at its fastest, and in PyTorch?

    python -m edgebreed.benchmarks.studies.gpu_inference FP32.onnx FP16.onnx PHOTO [--json]

Both files are exports of one network. All ways take turns in one process, with the copies to the GPU and
back in each: one image, a batch, and a photo from JPEG to answer, by default and as the first version did it.
Where CUDA does not load, the same steps run on the processor, for a trial of the program. The exit code is 1
where a bound is missed.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from statistics import median
from typing import Annotated, Any

import cv2
import numpy as np
import typer

from edgebreed.benchmarks.machine.nvml import visible_gpu
from edgebreed.benchmarks.scenarios.input_images import FRAME, camera_frames
from edgebreed.benchmarks.scenarios.system_under_test import separate_copies
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.benchmarks.studies.gpu_bounds import FLOATS, BoundVerdict, Ratios, bounds_of
from edgebreed.benchmarks.studies.native_overhead import Infer, open_native_engine
from edgebreed.benchmarks.studies.paired_timing import TURN, Spread, Times, ratio, time_in_rounds
from edgebreed.benchmarks.studies.peers.native_graph import open_native_graph
from edgebreed.benchmarks.studies.study_record import JSON_HELP, StudyRecord, publish
from edgebreed.edge.engines import Engine, EngineOptions
from edgebreed.edge.engines.engine import named_outputs
from edgebreed.edge.engines.onnx_runtime import PROVIDERS
from edgebreed.edge.engines.registry import known_engine, unavailable
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.images import read_photo
from edgebreed.edge.manifest import Precision
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.preprocess import DecodeRule, Tensor
from edgebreed.edge.verify import verify
from edgebreed.errors import EdgebreedError, InputError
from edgebreed.machine import versions

PRODUCT, TORCH = "edgebreed", "PyTorch"
NATIVE, DEFAULT = "ONNX Runtime, graph and NHWC", "ONNX Runtime, default options"
FIRST = "first version"
DRY_RUN = "dry run on the processor, no figure of it is of a GPU"
PACKAGES = ("edgebreed", "onnxruntime-gpu", "onnxruntime", "torch", "nvidia-cudnn-cu13", "numpy")
_FEWER = 5  # rounds of one image for one of a batch or a photo, which take longer


@dataclass(frozen=True)
class GpuPlan:
    """How to measure.

    Attributes:
        engine: of edgebreed, `cuda` or `cpu`.
        rounds: of one image.
        images: in a batch.
        torch: whether PyTorch is measured too.
    """

    engine: str
    rounds: int
    images: int
    torch: bool


@dataclass(frozen=True)
class FileFigures:
    """What was measured of a file.

    Attributes:
        file: name.
        precision: of its weights.
        placement: number of nodes by execution provider.
        cuda_graph: whether edgebreed replays it as a CUDA graph.
        verified: the replay of its golden vectors.
        open_s: seconds to open it with a CUDA graph and without.
        answer: to the photo.
        max_difference: of each other way's probabilities from edgebreed's.
        single: ms of one image, of each way.
        batch: ms of a batch.
        photo: ms from photo to answer.
        stages_ms: medians of the photo's stages in edgebreed; copies to the GPU and back where there are any.
    """

    file: str
    precision: Precision
    placement: dict[str, int]
    cuda_graph: bool
    verified: dict[str, Any]
    open_s: dict[str, float]
    answer: str
    max_difference: dict[str, float]
    single: Times
    batch: Times
    photo: Times
    stages_ms: Stages

    def to_dict(self, images: int) -> dict[str, Any]:
        """Plain JSON types: of each way the median and middle half, and of the ratios to it."""
        rates = {way: [1e3 * images / ms for ms in values] for way, values in self.batch.items()}
        parts = {"single_ms": self.single, "images_per_second": rates, "photo_ms": self.photo}
        timed = {
            name: {way: asdict(Spread.of(ms)) for way, ms in times.items()} for name, times in parts.items()
        }
        ratios = {name: _ratios(getattr(self, name)) for name in ("single", "batch", "photo")}
        plain = {name: value for name, value in vars(self).items() if name not in ratios}
        return {**plain, **timed, "time_ratio_to": ratios}


def _spreads(values: Times) -> dict[str, dict[str, float]]:
    return {way: asdict(Spread.of(found)) for way, found in values.items()}


def _ratios(times: Times) -> dict[str, dict[str, float]]:
    return {way: asdict(ratio(times, PRODUCT, way)) for way in times if way != PRODUCT}


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
    data, frame = photo.read_bytes(), read_photo(photo)
    if frame.shape[:2] == (FRAME.height, FRAME.width) and data.startswith(b"\xff\xd8"):
        return data
    return cv2.imencode(".jpg", camera_frames([photo])[0])[1].tobytes()


def measure_file(path: Path, photo: bytes, plan: GpuPlan) -> FileFigures:
    """Measures everything of a file."""
    opened, seconds = _timed(partial(Pipeline.open, path, EngineOptions(plan.engine)))
    plain = EngineOptions(plan.engine, cuda_graph=False)
    without, seconds_without = _timed(partial(Pipeline.open, path, plain, FaceSearch.ALWAYS))
    engine: Any = opened.engine
    single, differences = _measure_classify(path, engine, replace(plan, images=1))
    batch, more = _measure_classify(path, engine, replace(plan, rounds=_fewer(plan)))
    return FileFigures(
        file=path.name,
        precision=opened.manifest.precision,
        placement=engine.placement.nodes,
        cuda_graph=plan.engine == "cuda" and engine.cuda_graph,
        verified=verify(engine, opened.manifest).to_dict(),
        open_s={"graph": seconds, "no graph": seconds_without},
        answer=opened.process(photo).summary,
        max_difference={way: max(found, more.get(way, 0.0)) for way, found in differences.items()},
        single=single,
        batch=batch,
        photo=_measure_photo(opened, without, photo, _fewer(plan)),
        stages_ms=_measure_stages(opened, photo, _fewer(plan)),
    )


def _timed(call: Callable[[], Pipeline]) -> tuple[Pipeline, float]:
    start = time.perf_counter()
    return call(), time.perf_counter() - start


def _fewer(plan: GpuPlan) -> int:
    return max(1, plan.rounds // _FEWER)


def _measure_classify(path: Path, engine: Engine, plan: GpuPlan) -> tuple[Times, dict[str, float]]:
    """Times of each way for batches of one size, and how far its probabilities are from edgebreed's."""
    spec = read_manifest(path).input
    shape = (2, plan.images, spec.height, spec.width, 3)
    batches = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    others = _open_others(path, plan)
    differences = {name: _difference(engine, infer, batches) for name, infer in others.items()}
    ways: dict[str, Callable[[], object]] = {PRODUCT: partial(engine.run, batches[0])}
    ways |= {name: partial(infer, batches[0]) for name, infer in others.items()}
    return time_in_rounds(ways, plan.rounds, f"{path.name}, batch {plan.images}"), differences


def _open_others(path: Path, plan: GpuPlan) -> dict[str, Infer]:
    provider = PROVIDERS[plan.engine]
    others = {NATIVE: open_native_graph(path, provider, plan.images)}
    if plan.images == 1:
        others[DEFAULT] = open_native_engine(path, f"onnxruntime/{provider}")
    if plan.torch:
        from edgebreed.benchmarks.studies.peers.torch_engine import open_torch

        others[TORCH] = open_torch(path, plan.engine, plan.images)
    return others


def _difference(engine: Engine, infer: Infer, batches: Tensor) -> float:
    """The largest in any probability over two batches in turn: a graph must not repeat its first answer."""
    found = []
    for batch in (*batches, *batches):
        expected = engine.run(batch).probabilities
        found.append(np.abs(expected - named_outputs(infer(batch), expected.shape[1]).probabilities).max())
    return float(max(found))


def _measure_photo(opened: Pipeline, without: Pipeline, photo: bytes, rounds: int) -> Times:
    """By default, and as the first version: no CUDA graph, every pixel decoded, faces in every photo."""
    spec = replace(opened.manifest.input, decode=DecodeRule.FULL)
    manifest = replace(opened.manifest, input=spec)
    first = Pipeline(without.engine, manifest, without.detector, FaceSearch.ALWAYS)
    ways = {PRODUCT: partial(opened.process, photo), FIRST: partial(first.process, photo)}
    return time_in_rounds(ways, rounds, "photo to answer")


def _measure_stages(opened: Pipeline, photo: bytes, rounds: int) -> Stages:
    """As `edgebreed bench` tells them apart."""
    engine: Any = opened.engine
    found = [separate_copies(opened.process(photo).stages_ms, engine.copies_ms) for _ in range(rounds)]
    return {stage: median(one[stage] for one in found) for stage in found[0]}


def ratios_of(files: Sequence[FileFigures], part: str, other: str) -> Ratios:
    """Of each precision, edgebreed's time divided by another way's; None where that was not measured."""
    times: Mapping[Precision, Times] = {file.precision: getattr(file, part) for file in files}
    return {
        name: ratio(found, PRODUCT, other).p50 if other in found else None for name, found in times.items()
    }


def figures_of(files: Sequence[FileFigures], plan: GpuPlan, notes: Sequence[str]) -> dict[str, Any]:
    """All figures, with the bounds that a GPU's have to keep; on a processor these are not measured."""
    gpu = files if plan.engine == "cuda" else ()
    rates = {name: 1 / found if found else None for name, found in ratios_of(gpu, "batch", TORCH).items()}
    bounds = bounds_of(
        ratios_of(gpu, "single", NATIVE),
        ratios_of(gpu, "single", TORCH),
        rates,
        ratios_of(gpu, "photo", FIRST),
    )
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
    missed = any(bound["verdict"] == BoundVerdict.MISSED for bound in found["bounds"].values())
    raise typer.Exit(1 if missed else 0)


def measure_all(
    models: Sequence[Path], photo: Path, chosen: tuple[str, str], rounds: int, images: int
) -> dict[str, Any]:
    """The figures of all files."""
    engine, reason = chosen
    check_files(models)
    jpeg, torch_is_out = read_jpeg(photo), why_without_torch(models, engine)
    dry = f"{DRY_RUN}: {reason}" if reason else DRY_RUN
    notes = [note for note in (dry if engine == "cpu" else "", torch_is_out) if note]
    print(*notes, sep="\n", file=sys.stderr)
    plan = GpuPlan(engine, rounds, images, torch=not torch_is_out)
    Pipeline.open(
        models[0], EngineOptions(engine, cuda_graph=False)
    )  # starts CUDA, which is no file's own time
    return figures_of([measure_file(path, jpeg, plan) for path in models], plan, notes)


if __name__ == "__main__":
    typer.run(main)
