"""A fixed inference beside the samples, by which `bench compare` takes the machine's own pace out.

A shared machine changes its pace by 10 to 15 % every few seconds, so the level of a run of ten seconds says
as much about the machine as about the program. An inference suffers from what inferences suffer from; the
same one beside the samples of both runs tells how much of their difference is the machine's.
"""

import hashlib
import time
from typing import Any, Self

import numpy as np

from edgebreed.edge.engines import Engine, EngineOptions, load_engine
from edgebreed.edge.formats import read_manifest
from edgebreed.edge.manifest import Manifest
from edgebreed.edge.pipeline import SHIPPED_MODEL
from edgebreed.errors import EngineError, MissingExtraError
from edgebreed.machine import versions

EVERY = 3
"""Samples between two references, which also take this many times a reference's own time, so that a fast
program's benchmark does not consist of references."""

THREADS = 0  # the engine's own choice, as it is for what is measured where nobody says otherwise
UNCOUNTED = 5
RUNTIMES = ("onnxruntime", "onnxruntime-gpu")


class Reference:
    """One image through the model that ships with edgebreed, in ONNX Runtime on the processor.

    Args:
        engine: the model, opened.
        manifest: what it says of itself; its input's size is the drawn image's.
    """

    def __init__(self, engine: Engine, manifest: Manifest) -> None:
        spec = manifest.input
        self._engine = engine
        self._batch = np.random.default_rng(0).integers(0, 256, (1, spec.height, spec.width, 3), np.uint8)
        for _ in range(UNCOUNTED):
            self.run()

    @classmethod
    def open(cls) -> Self | None:
        """Opens it; None where there is no ONNX Runtime."""
        manifest = read_manifest(SHIPPED_MODEL)
        try:
            return cls(load_engine(SHIPPED_MODEL, manifest, EngineOptions("cpu", THREADS)), manifest)
        except (EngineError, MissingExtraError):
            return None

    def run(self) -> float:
        """Answers the image once and returns the time in ms."""
        start = time.perf_counter_ns()
        self._engine.run(self._batch)
        return (time.perf_counter_ns() - start) / 1e6

    def to_dict(self) -> dict[str, Any]:
        """What ran, as a result file tells it; two runs can be compared by it where all of this is equal."""
        return {
            "model": SHIPPED_MODEL.name,
            "sha256": hashlib.sha256(SHIPPED_MODEL.read_bytes()).hexdigest(),
            "engine": self._engine.name,
            "threads": THREADS,
            "versions": versions(RUNTIMES),
        }
