"""The frozen base in OpenVINO, which is faster than TensorFlow on a CPU."""

import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed import telemetry
from edgebreed.edge.preprocess import InputSpec
from edgebreed.errors import ProofError
from edgebreed.train.base import KerasBase
from edgebreed.train.features import Base
from edgebreed.train.keras_setup import keras

TOLERANCE = 1e-3  # of features that are mostly between 0 and 1; seen: 2e-6


@dataclass(frozen=True)
class OpenVINOBase:
    """A frozen base compiled by OpenVINO, in float32.

    Attributes:
        model: a compiled OpenVINO model.
        spec: the input it takes.
        key: that of the Keras base; the features are the same.
    """

    model: Any
    spec: InputSpec
    key: str

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Features `(N, F) float32` of photos `(N, H, W, 3) uint8 RGB`."""
        return np.array(self.model(batch)[0], np.float32)


def fastest(base: KerasBase) -> Base:
    """The base in OpenVINO where that is installed and no GPU is there, else as it is.

    Raises:
        ProofError: OpenVINO's features differ from those of Keras.
    """
    if find_spec("openvino") is None or keras.backend.backend() != "tensorflow" or _has_gpu():
        return base
    fast = OpenVINOBase(_compile(base.model), base.spec, base.key)
    shape = (2, base.spec.height, base.spec.width, 3)
    batch = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    error = float(np.abs(fast.features(batch) - base.features(batch)).max())
    if error > TOLERANCE:
        raise ProofError(
            f"OpenVINO's features differ by {error:.1e} from those of Keras, allowed {TOLERANCE:.0e}"
        )
    return fast


def _compile(model: Any) -> Any:
    telemetry.block()
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, format="tf_saved_model", verbose=False)
        converted = openvino.convert_model(folder)
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(converted, "CPU", settings)


def _has_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
