"""Keras to ONNX."""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.export.graph.index import Model
from edgebreed.export.graph.slim import slim
from edgebreed.export.onnx_setup import onnx

INPUT = "image"
BATCH = "batch"


def to_onnx(model: Any, opset: int, static_batch: bool = False) -> Model:
    """Converts a Keras model through Keras's own exporter, which runs tf2onnx.

    Args:
        model: from `(N, H, W, 3) uint8 RGB` to named outputs.
        opset: ONNX operator set version.
        static_batch: make the batch 1, for runtimes that cannot leave it open.

    Returns:
        A checked ONNX model whose input is `image` and whose batch is 1 or symbolic, named `batch`.
    """
    model(np.zeros((1, *model.input_shape[1:]), np.uint8))  # Keras exports only what was called once
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Keras's patch of tf2onnx asks for np.object
        path = Path(folder) / "model.onnx"
        model.export(path, format="onnx", opset_version=opset, verbose=False)
        converted = onnx.load(path)
    _set_batch(converted, static_batch)
    slim(converted)
    onnx.checker.check_model(converted, full_check=True)
    return converted


def serialized(model: Model) -> bytes:
    """The bytes of a model, after a full check.

    All weights are inside: `SerializeToString` writes none to other files.
    """
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _set_batch(model: Model, static: bool) -> None:
    """Names or fixes the first dimension of inputs and outputs; the inner shapes are inferred anew."""
    for value in (*model.graph.input, *model.graph.output):
        rows = value.type.tensor_type.shape.dim[0]
        if static:
            rows.dim_value = 1
        else:
            rows.dim_param = BATCH
