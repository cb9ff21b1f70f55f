"""Keras to ONNX."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.errors import MissingExtraError

INPUT = "image"
BATCH = "batch"


def to_onnx(model: Any, opset: int) -> bytes:
    """Converts a Keras model through Keras's own exporter, which runs tf2onnx.

    Args:
        model: from `(N, H, W, 3) uint8 RGB` to named outputs.
        opset: ONNX operator set version.

    Returns:
        A checked ONNX model whose input is `image` and whose batch is symbolic, named `batch`.
    """
    onnx = import_onnx()
    model(np.zeros((1, *model.input_shape[1:]), np.uint8))  # Keras exports only what was called once
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Keras's patch of tf2onnx asks for np.object
        path = Path(folder) / "model.onnx"
        model.export(path, format="onnx", opset_version=opset, verbose=False)
        converted = onnx.load(path)
    _name_batch(converted)
    onnx.checker.check_model(converted, full_check=True)
    return bytes(converted.SerializeToString())


def import_onnx() -> Any:
    """The onnx package.

    Raises:
        MissingExtraError: it, or tf2onnx beside it, is not installed.
    """
    try:
        import onnx
        import tf2onnx  # noqa: F401  (Keras imports it later; better to say now that it is missing)
    except ImportError as error:
        raise MissingExtraError("export (onnx and tf2onnx)", "export") from error
    return onnx


def _name_batch(model: Any) -> None:
    """Names the first dimension of inputs and outputs; the inner shapes are inferred anew from it."""
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = BATCH
    del model.graph.value_info[:]
