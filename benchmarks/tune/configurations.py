"""The configurations that are tried: each model file in each engine, with several numbers of threads."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.tune.detector_settings import OpenCVDefaultDetector
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import Detector, HaarDetector, HaarSettings, NoDetector
from edgebreed.edge.engines import EngineOptions, open_engine
from edgebreed.edge.engines.gpu_libraries import has_nvidia_gpu
from edgebreed.edge.engines.registry import ENGINES, engines_for, unavailable
from edgebreed.edge.formats import format_of, read_model
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.str_enum import StrEnum

UnavailableEngines = Callable[[], dict[str, str | None]]
"""Says of each engine why this machine cannot run it; None where it can."""


@dataclass(frozen=True)
class InferenceConfiguration:
    """A model file in an engine.

    Attributes:
        variant: the model file.
        engine: as `--engine` calls it.
        threads: threads of one inference; 0 lets the engine choose.
    """

    variant: ModelVariant
    engine: str
    threads: int = 0

    @property
    def name(self) -> str:
        """File, engine and threads, for a table."""
        threads = f", {self.threads} thread{'s' * (self.threads > 1)}" if self.threads else ""
        return f"{self.variant.path.name} in {self.engine}{threads}"

    def open(self, detector: Detector, faces: FaceSearch = FaceSearch.AUTO) -> SystemUnderTest:
        """Opens it with a face detector, which a model that does not answer people never runs."""
        path, manifest = self.variant.path, self.variant.manifest
        options = EngineOptions(self.engine, self.threads)
        engine = open_engine(read_model(path), options)
        return SystemUnderTest(path, options, Pipeline(engine, manifest, detector, faces))


class Baseline(StrEnum):
    """What the chosen configuration is compared with, all in float32."""

    FLOAT = "fp32 in ONNX Runtime"
    EVERY_FACE = "fp32 in ONNX Runtime, face search in every frame"
    EVERY_FACE_OPENCV = "fp32 in ONNX Runtime, OpenCV's default face search in every frame"


@dataclass(frozen=True)
class Configuration:
    """A model file in an engine, with the face search that it needs.

    Attributes:
        inference: model file and engine.
        detector_settings: of the runtime's face detector; None for a model that does not answer people.
        baseline: which one it is, if others are compared with it.
    """

    inference: InferenceConfiguration
    detector_settings: HaarSettings | None = None
    baseline: Baseline | None = None

    def open(self) -> SystemUnderTest:
        """Opens it; but for the baselines of every frame, faces are searched where the product does."""
        every_frame = self.baseline in (Baseline.EVERY_FACE, Baseline.EVERY_FACE_OPENCV)
        return self.inference.open(self._detector(), FaceSearch.ALWAYS if every_frame else FaceSearch.AUTO)

    def _detector(self) -> Detector:
        if self.detector_settings is None:
            return NoDetector()
        if self.baseline is Baseline.EVERY_FACE_OPENCV:
            return OpenCVDefaultDetector()
        return HaarDetector(self.detector_settings)


def inference_configurations(
    variants: Sequence[ModelVariant], cores: int | None = None, reasons: UnavailableEngines = unavailable
) -> list[InferenceConfiguration]:
    """Every configuration that this machine can run.

    Args:
        variants: the model files.
        cores: processors that may be used; None counts them.
        reasons: says which engines there are.
    """
    counts = thread_counts(cores or len(os.sched_getaffinity(0)))
    engines = [name for name, reason in reasons().items() if reason is None]
    return [
        InferenceConfiguration(variant, engine, threads)
        for variant in variants
        for engine in engines
        if engine in engines_for(format_of(variant.path))
        for threads in (counts if not ENGINES[engine].on_gpu else [0])
    ]


def untried_gpu_engines(
    variants: Sequence[ModelVariant],
    reasons: UnavailableEngines = unavailable,
    has_gpu: Callable[[], bool] = has_nvidia_gpu,
) -> dict[str, str]:
    """The engines of a GPU that no configuration has, with the reason; without a GPU, the installed ones.

    Args:
        variants: the model files.
        reasons: says which engines there are.
        has_gpu: says whether the machine has a GPU of NVIDIA.
    """
    runs = {name for variant in variants for name in engines_for(format_of(variant.path))}
    return {
        name: reason
        for name, reason in reasons().items()
        if reason and name in runs and ENGINES[name].on_gpu
        if has_gpu() or ENGINES[name].why_unavailable() is None
    }


def thread_counts(cores: int) -> list[int]:
    """All processors, and half of them, which leaves the others to the remaining stages of a stream."""
    return sorted({cores, max(1, cores // 2)}, reverse=True)
