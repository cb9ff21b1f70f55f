"""How much slower is edgebreed's pipeline than the same steps called natively?

    python -m edgebreed.benchmarks.studies.native_overhead IMAGES [--model M] [--engine E] [--json]

"Native" means the runtime's own Python interface and plain OpenCV calls, with nothing of edgebreed in
between. In one process and in turns, every image is measured in each way: the native inference against the
pipeline's `inference` stage; and decoding, detecting, resizing and inference, each alone and then added up,
against the whole of `Pipeline.process`. The exit code is 1 where a bound is missed.

Threads of ONNX Runtime spin for tens of ms after a run and would slow down whatever comes next, so each turn
begins with a rest, and the first image of a turn is not counted.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.stats.verdict import engine_option
from edgebreed.benchmarks.studies.study_record import JSON_HELP, publish
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.engines.onnx_runtime import PROVIDERS
from edgebreed.edge.images import find_photos
from edgebreed.edge.jpeg_reduction import COLOUR_FLAGS, jpeg_reduction
from edgebreed.edge.pipeline import FaceSearch, Pipeline
from edgebreed.edge.preprocess import InputSpec, to_input
from edgebreed.edge.source_image import SourceImage

INFERENCE_BOUND = 0.03  # how much slower than native the inference stage may be
WHOLE_BOUND = 0.05  # and the whole pipeline
REST_S = 0.1
TURN = 4
STEPS = ("decode", "detect", "resize", "inference")

Infer = Callable[[NDArray[np.uint8]], list[NDArray[np.float32]]]
"""Returns the outputs for a batch `(N, H, W, 3) uint8 RGB`."""


def open_native_engine(path: Path, engine: str, threads: int = 0) -> Infer:
    """Opens a model by the runtime's own Python interface, as its documentation does.

    Args:
        path: the model file.
        engine: full name of the pipeline's engine, so that the same one is opened.
        threads: threads of one inference; 0 lets the runtime choose.
    """
    option = engine_option(engine)
    if option == "openvino":
        return _openvino(path, threads)
    if option == "litert":
        return _litert(path, threads)
    return _onnx_runtime(path, PROVIDERS.get(option, option), threads)


def _onnx_runtime(path: Path, provider: str, threads: int) -> Infer:
    onnxruntime = telemetry.import_quietly("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})


def _openvino(path: Path, threads: int) -> Infer:
    openvino = telemetry.import_quietly("openvino")
    settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    model = openvino.Core().compile_model(str(path), "CPU", settings)
    return lambda batch: list(model(batch).values())


def _litert(path: Path, threads: int) -> Infer:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(path), num_threads=threads or os.cpu_count() or 1)
    interpreter.allocate_tensors()
    input_index = interpreter.get_input_details()[0]["index"]
    outputs = [detail["index"] for detail in interpreter.get_output_details()]

    def infer(batch: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        interpreter.set_tensor(input_index, batch)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in outputs]

    return infer


@dataclass(frozen=True)
class NativeComparison:
    """Median times over all images, in ms.

    Attributes:
        engine: what ran.
        images: number of images.
        rounds: how often each was measured in each way.
        pipeline_inference_ms: the pipeline's inference stage.
        native_inference_ms: the runtime alone on the same input.
        pipeline_ms: the whole of `Pipeline.process`.
        native_steps_ms: the same steps, each called by itself.
    """

    engine: str
    images: int
    rounds: int
    pipeline_inference_ms: float
    native_inference_ms: float
    pipeline_ms: float
    native_steps_ms: dict[str, float]

    @property
    def inference_ratio(self) -> float:
        """The pipeline's inference divided by the native one."""
        return self.pipeline_inference_ms / self.native_inference_ms

    @property
    def whole_ratio(self) -> float:
        """The whole pipeline divided by the sum of the native steps."""
        return self.pipeline_ms / sum(self.native_steps_ms.values())

    @property
    def passed(self) -> bool:
        """Whether both are within their bounds."""
        return self.inference_ratio <= 1 + INFERENCE_BOUND and self.whole_ratio <= 1 + WHOLE_BOUND

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        ratios = {"inference_ratio": self.inference_ratio, "whole_ratio": self.whole_ratio}
        return {**vars(self), **ratios, "passed": self.passed}


def compare_with_native(
    system: SystemUnderTest, images: Sequence[Path], seconds: float, seed: int = 0
) -> NativeComparison:
    """Measures each image in every way in turn, at least once, for about so many seconds."""
    timer, rng = _StepTimer(_with_every_step(system), images), random.Random(seed)
    for image in images:
        timer.run_all(image, rng, count=False)
    end, rounds = time.perf_counter() + seconds, 0
    while rounds == 0 or time.perf_counter() < end:
        for image in rng.sample(images, len(images)):
            timer.run_all(image, rng)
        rounds += 1
    medians = {name: median(values) for name, values in timer.times.items()}
    return NativeComparison(
        engine=system.pipeline.engine.name,
        images=len(images),
        rounds=rounds,
        pipeline_inference_ms=medians["pipeline inference"],
        native_inference_ms=medians["inference"],
        pipeline_ms=medians["pipeline"],
        native_steps_ms={name: medians[name] for name in STEPS},
    )


def _with_every_step(system: SystemUnderTest) -> SystemUnderTest:
    """The system with faces searched in every image, as the native steps do, if its model answers people."""
    pipeline = system.pipeline
    whole = Pipeline(pipeline.engine, pipeline.manifest, pipeline.detector, FaceSearch.ALWAYS)
    return replace(system, pipeline=whole)


class _StepTimer:
    """Runs the pipeline and the native steps; `times` holds what each took, in ms."""

    def __init__(self, system: SystemUnderTest, images: Sequence[Path]) -> None:
        self.times: dict[str, list[float]] = {}
        self._pipeline, self._spec = system.pipeline, system.pipeline.manifest.input
        self._infer = open_native_engine(system.path, system.pipeline.engine.name, system.options.threads)
        self._detector = system.pipeline.detector
        loaded = {image: SourceImage.load(image, self._spec) for image in images}
        self._inputs = {image: to_input(one.pixels, self._spec)[None] for image, one in loaded.items()}
        self._steps: dict[str, Callable[[Path], object]] = {
            "inference": lambda image: self._infer(self._inputs[image]),
            "decode": lambda image: _decode(image, self._spec),
            "detect": lambda image: self._detector.detect(loaded[image].whole),
            "resize": lambda image: to_input(loaded[image].pixels, self._spec),
        }

    def run_all(self, image: Path, rng: random.Random, count: bool = True) -> None:
        """Gives the pipeline and each native step a turn, in a random order."""
        for name in rng.sample([*self._steps, "pipeline"], len(self._steps) + 1):
            time.sleep(REST_S)
            for number in range(TURN):
                for part, ms in self._run(name, image).items():
                    if count and number:
                        self.times.setdefault(part, []).append(ms)

    def _run(self, name: str, image: Path) -> dict[str, float]:
        start = time.perf_counter_ns()
        if name != "pipeline":
            self._steps[name](image)
            return {name: (time.perf_counter_ns() - start) / 1e6}
        result = self._pipeline.process(image)
        whole = (time.perf_counter_ns() - start) / 1e6
        return {"pipeline": whole, "pipeline inference": result.stages_ms["inference"]}


def _decode(image: Path, spec: InputSpec) -> object:
    """For the network, and where that takes a reduced picture, once more for the face search."""
    data, size = image.read_bytes(), spec.decoded_size
    flags = {COLOUR_FLAGS[jpeg_reduction(data, size) if size else 1], cv2.IMREAD_COLOR}
    return [cv2.imdecode(np.frombuffer(data, np.uint8), flag) for flag in flags]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("images", type=Path, nargs="+", help="photos or folders")
    parser.add_argument("--model", type=Path, help="model file; the one that ships if left out")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0, help="time to measure; 20 by default")
    parser.add_argument("--json", action="store_true", help=JSON_HELP)
    options = parser.parse_args(arguments)
    system = SystemUnderTest.open(options.model, EngineOptions(options.engine, options.threads))
    comparison = compare_with_native(system, find_photos(options.images), options.seconds)
    if options.json:
        samples = comparison.images * comparison.rounds * (TURN - 1)
        publish("native_overhead", samples, comparison.to_dict())
    else:
        print(_report(comparison))
    return 0 if comparison.passed else 1


def _report(found: NativeComparison) -> str:
    steps = ", ".join(f"{name} {ms:.2f}" for name, ms in found.native_steps_ms.items())
    return (
        f"{found.engine}, {found.images} photos, {found.rounds} rounds, medians in ms\n"
        f"inference {found.pipeline_inference_ms:.2f}, native {found.native_inference_ms:.2f}: "
        f"ratio {found.inference_ratio:.3f}, at most {1 + INFERENCE_BOUND}\n"
        f"whole {found.pipeline_ms:.2f}, native steps {sum(found.native_steps_ms.values()):.2f} ({steps}): "
        f"ratio {found.whole_ratio:.3f}, at most {1 + WHOLE_BOUND}"
    )


if __name__ == "__main__":
    sys.exit(main())
