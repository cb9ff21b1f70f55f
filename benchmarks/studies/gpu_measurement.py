"""Measures a float model on a GPU in edgebreed, in ONNX Runtime (fastest, and as it comes) and in PyTorch.

On a processor the same steps run, for a trial.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from edgebreed.benchmarks.scenarios.system_under_test import separate_copies
from edgebreed.benchmarks.stats.samples import Stages
from edgebreed.benchmarks.studies.native_overhead import Infer, open_native_engine
from edgebreed.benchmarks.studies.paired_timing import Spread, Times, ratio, time_in_rounds
from edgebreed.benchmarks.studies.peers.native_graph import open_native_graph
from edgebreed.edge.engines import Engine, EngineOptions
from edgebreed.edge.engines.engine import named_outputs
from edgebreed.edge.engines.onnx_runtime import PROVIDERS
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Precision
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.preprocess import DecodeRule, Tensor
from edgebreed.edge.verify import verify

PRODUCT, TORCH = "edgebreed", "PyTorch"
NATIVE, DEFAULT = "ONNX Runtime, graph and NHWC", "ONNX Runtime, default options"
FIRST = "first version"
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
        timed = {name: _spreads(times) for name, times in parts.items()}
        ratios = {name: _ratios(getattr(self, name)) for name in ("single", "batch", "photo")}
        plain = {name: value for name, value in vars(self).items() if name not in ratios}
        return {**plain, **timed, "time_ratio_to": ratios}


def _spreads(values: Times) -> dict[str, dict[str, float]]:
    return {way: asdict(Spread.of(found)) for way, found in values.items()}


def _ratios(times: Times) -> dict[str, dict[str, float]]:
    return {way: asdict(ratio(times, PRODUCT, way)) for way in times if way != PRODUCT}


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


def first_version(without: Pipeline) -> Pipeline:
    """As the first version answered a photo: every pixel decoded, faces searched in each.

    Args:
        without: opened without a CUDA graph, and with a face detector.
    """
    manifest = replace(without.manifest, input=replace(without.manifest.input, decode=DecodeRule.FULL))
    return Pipeline(without.engine, manifest, without.detector, FaceSearch.ALWAYS)


def _measure_photo(opened: Pipeline, without: Pipeline, photo: bytes, rounds: int) -> Times:
    first = first_version(without)
    ways = {PRODUCT: partial(opened.process, photo), FIRST: partial(first.process, photo)}
    return time_in_rounds(ways, rounds, "photo to answer")


def _measure_stages(opened: Pipeline, photo: bytes, rounds: int) -> Stages:
    """As `edgebreed bench` tells them apart."""
    engine: Any = opened.engine
    found = [separate_copies(opened.process(photo).stages_ms, engine.copies_ms) for _ in range(rounds)]
    return {stage: median(one[stage] for one in found) for stage in found[0]}
