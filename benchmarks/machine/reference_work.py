"""Fixed work that runs beside the samples and shows how fast the machine is at that moment.

A shared machine changes its speed by 10 to 15 % every few seconds, so the level of a run of ten seconds says
as much about the machine as about the program. `ReferenceInference` slows down for the same reasons as the
inference that is measured; `bench compare` divides by it. `SpeedProbe` is far shorter and suffers from other
causes than a network does; it only serves a warning of `bench compare`.
"""

import hashlib
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.edge.engines import Engine, EngineOptions, open_engine
from edgebreed.edge.formats import read_model
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.errors import EngineError, MissingExtraError
from edgebreed.machine import versions

REFERENCE_INTERVAL = 3
"""Samples between two reference inferences. These samples must also take this many times as long as a
reference inference, so that the benchmark of a fast program does not consist of references."""

THREADS = 0  # the engine's default, as for a system under test where the user names no number
WARM_UP_RUNS = 5
RUNTIMES = ("onnxruntime", "onnxruntime-gpu")
MODEL_NAME = "the model that ships with edgebreed"  # whatever it answers, only its time is used
PROBE_SIDE = 128  # px; fits the second-level cache, as most layers of a network do


class SpeedProbe:
    """A fixed piece of NumPy work, under a millisecond.

    NumPy's own loops run in one thread, so no thread pool of another library has to wake up for them.
    """

    def __init__(self) -> None:
        shape = (PROBE_SIDE, PROBE_SIDE)
        self._values = np.random.default_rng(0).integers(0, 256, shape).astype(np.float32)
        self._sums, self._roots = np.empty_like(self._values), np.empty_like(self._values)

    def run(self) -> float:
        """Does the work twice and returns the time of the second in ms; the first fills the caches."""
        self._work()
        start = time.perf_counter_ns()
        self._work()
        return (time.perf_counter_ns() - start) / 1e6

    def _work(self) -> None:
        np.cumsum(self._values, axis=0, out=self._sums)
        np.cumsum(self._sums, axis=1, out=self._sums)
        np.sqrt(self._sums, out=self._roots)


class ReferenceInference:
    """One inference of the model that ships with edgebreed, in ONNX Runtime on the CPU, on a fixed image.

    Args:
        engine: runs the model.
        manifest: the model's manifest; its input size is the size of the image, which is random noise.
    """

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        spec = manifest.input
        self._engine = engine
        self._batch = np.random.default_rng(0).integers(0, 256, (1, spec.height, spec.width, 3), np.uint8)
        for _ in range(WARM_UP_RUNS):
            self.run()

    @classmethod
    def open(cls, path: Path = SHIPPED_MODEL) -> "ReferenceInference | None":
        """Opens the shipped model; None on a machine without ONNX Runtime.

        Whatever processor it was made for: nobody asked for its answers, so nothing is said of it.
        """
        model = read_model(path)
        try:
            return cls(open_engine(model, EngineOptions("cpu", THREADS)), model.manifest)
        except (EngineError, MissingExtraError):
            return None

    def run(self) -> float:
        """Runs the inference once and returns its time in ms."""
        start = time.perf_counter_ns()
        self._engine.run(self._batch)
        return (time.perf_counter_ns() - start) / 1e6

    def to_dict(self) -> dict[str, Any]:
        """Identifies the work: two results can be compared by it only where all of this is equal."""
        return {
            "model": MODEL_NAME,
            "sha256": hashlib.sha256(SHIPPED_MODEL.read_bytes()).hexdigest(),
            "engine": self._engine.name,
            "threads": THREADS,
            "versions": versions(RUNTIMES),
        }
