"""The frozen base as fast as the machine runs it: in OpenVINO on a CPU, in half precision on a GPU."""

import tempfile
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import ProofError
from edgebreed.train.base import KerasBase
from edgebreed.train.keras_setup import has_gpu, keras
from edgebreed.train.precision import half_precision

CPU_BATCH = 8
GPU_BATCH = 64
TOLERANCE = 1e-3  # of features that are mostly between 0 and 1; seen: 2e-6

Run = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class FastBase:
    """A frozen base that runs in OpenVINO where that is installed and no GPU is there, else in Keras.

    Keras runs it in half precision on a GPU.

    It is compiled when the first features are asked for: a run whose features are all cached never is.

    Args:
        base: the Keras base.
    """

    def __init__(self, base: KerasBase) -> None:
        self.key = f"{base.key}-half" if has_gpu() else base.key
        self.spec: InputSpec = base.spec
        self.batch = GPU_BATCH if has_gpu() else CPU_BATCH
        self._base = base

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of photos `(N, H, W, 3) uint8 RGB`.

        Raises:
            ProofError: OpenVINO's features differ from those of Keras.
        """
        return self._run(batch)

    @cached_property
    def _run(self) -> Run:
        if has_gpu():
            with half_precision(self._base.model):
                self._base.features(np.zeros((self.batch, self.spec.height, self.spec.width, 3), np.uint8))
            return self._padded
        if find_spec("openvino") is None or keras.backend.backend() != "tensorflow":
            return self._padded
        compiled = _compile(self._base.model)

        def run(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.array(compiled(batch)[0], np.float32)

        self._prove(run)
        return run

    def _padded(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Keras takes seconds to trace a batch of another size."""
        rest = np.zeros((self.batch - len(batch), *batch.shape[1:]), np.uint8)
        return self._base.features(np.concatenate([batch, rest]))[: len(batch)]

    def _prove(self, run: Run) -> None:
        shape = (2, self.spec.height, self.spec.width, 3)
        batch = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        error = float(np.abs(run(batch) - self._base.features(batch)).max())
        if error > TOLERANCE:
            raise ProofError(
                f"OpenVINO's features differ by {error:.1e} from Keras's, allowed {TOLERANCE:.0e}"
            )


def _compile(model: Any) -> Any:
    telemetry.disable()
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False)
        converted = openvino.convert_model(folder)
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(converted, "CPU", settings)
