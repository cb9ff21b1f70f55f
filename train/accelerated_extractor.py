"""A feature extractor as fast as the machine runs it: OpenVINO on a CPU, half precision on a GPU."""

from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import ProofError
from edgebreed.train.disk_faults import temporary_folder
from edgebreed.train.feature_extractor import KerasFeatureExtractor
from edgebreed.train.keras_setup import half_precision, has_gpu, keras

CPU_BATCH = 8
GPU_BATCH = 64
TOLERANCE = 1e-3  # of features that are mostly between 0 and 1; differences of 2e-6 were seen

Compute = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class AcceleratedExtractor:
    """Computes the features of a Keras extractor with the fastest engine of this machine.

    On a GPU that is Keras in half precision, on a CPU OpenVINO where it is installed, and else Keras. The
    engine is compiled when the first features are asked for: a run whose features are all cached never does.

    Args:
        extractor: the Keras extractor.
    """

    def __init__(self, extractor: KerasFeatureExtractor) -> None:
        self.key = f"{extractor.key}-half" if has_gpu() else extractor.key
        self.spec: InputSpec = extractor.spec
        self.batch = GPU_BATCH if has_gpu() else CPU_BATCH
        self._extractor = extractor

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of images `(N, H, W, 3) uint8 RGB`.

        Raises:
            ProofError: OpenVINO's features differ from those of Keras.
        """
        return self._compute(batch)

    @cached_property
    def _compute(self) -> Compute:
        if has_gpu():
            with half_precision(self._extractor.model):  # layers keep the precision that they are traced in
                blank = np.zeros((self.batch, self.spec.height, self.spec.width, 3), np.uint8)
                self._extractor.features(blank)
            return self._padded
        if find_spec("openvino") is None or keras.backend.backend() != "tensorflow":
            return self._padded
        compiled = _compile(self._extractor.model)

        def compute(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.array(compiled(batch)[0], np.float32)

        self._check(compute)
        return compute

    def _padded(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Pads a batch to full size, as Keras takes seconds to trace the model for another one."""
        rest = np.zeros((self.batch - len(batch), *batch.shape[1:]), np.uint8)
        return self._extractor.features(np.concatenate([batch, rest]))[: len(batch)]

    def _check(self, compute: Compute) -> None:
        shape = (2, self.spec.height, self.spec.width, 3)
        batch = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        error = float(np.abs(compute(batch) - self._extractor.features(batch)).max())
        if error > TOLERANCE:
            raise ProofError(
                f"OpenVINO's features differ by {error:.1e} from Keras's, allowed {TOLERANCE:.0e}"
            )


def _compile(model: Any) -> Any:
    openvino = telemetry.import_quietly("openvino")
    with temporary_folder() as folder:
        model.export(str(folder), format="tf_saved_model", verbose=False)
        converted = openvino.convert_model(str(folder))
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(converted, "CPU", settings)
