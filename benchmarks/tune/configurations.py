"""The configurations that are tried: each model file in each engine, with several numbers of threads."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.tune.detector_settings import OpenCVDefaultDetector
from edgebreed.benchmarks.tune.variants import ModelVariant
from edgebreed.edge.detectors import Detector, HaarDetector, HaarSettings
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.engines.registry import engines_for, unavailable
from edgebreed.edge.pipeline import Pipeline

_GPU = ("cuda", "tensorrt")

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
        threads = f", {self.threads} threads" if self.threads else ""
        return f"{self.variant.path.name} in {self.engine}{threads}"

    def open(self, detector: Detector) -> SystemUnderTest:
        """Opens it with a face detector."""
        system = SystemUnderTest.open(self.variant.path, EngineOptions(self.engine, self.threads))
        pipeline = Pipeline(system.pipeline.engine, system.pipeline.manifest, detector)
        return SystemUnderTest(system.path, system.options, pipeline)


@dataclass(frozen=True)
class Configuration:
    """A model file in an engine, with a face detector.

    Attributes:
        inference: model file and engine.
        detector_settings: of the runtime's face detector; None takes OpenCV's default one.
        baseline: name, if others are compared with it.
    """

    inference: InferenceConfiguration
    detector_settings: HaarSettings | None
    baseline: str = ""

    @property
    def detector(self) -> Detector:
        """The face detector."""
        settings = self.detector_settings
        return OpenCVDefaultDetector() if settings is None else HaarDetector(settings)


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
        if engine in engines_for(variant.path)
        for threads in (counts if engine not in _GPU else [0])
    ]


def thread_counts(cores: int) -> list[int]:
    """All processors, and half of them, which leaves the others to the remaining stages of a stream."""
    return sorted({cores, max(1, cores // 2)}, reverse=True)
