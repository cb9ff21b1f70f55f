"""Keras to float32 ONNX and TFLite, by Keras's own exporters."""

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from edgebreed import telemetry
from edgebreed.train.disk_faults import temporary_folder

if TYPE_CHECKING:
    from edgebreed.export.graph.index import Model

INPUT = "image"
BATCH = "batch"
ANSWER = "probabilities"
"""The output that comes first: Model API and MediaPipe take the first one, and Keras sorts them by name."""
OPEN_SIDE = 256  # px, of an input whose sides are open: more than any network needs for its smallest layer


def to_onnx(model: Any, opset: int, static_batch: bool = False) -> "Model":
    """Converts a Keras model to ONNX; Keras's exporter runs tf2onnx.

    Args:
        model: from one input, mostly `(N, H, W, 3) uint8 RGB`, to its outputs.
        opset: ONNX operator set version.
        static_batch: fix the batch to 1, for runtimes that need it fixed.

    Returns:
        A checked ONNX model whose input has the name of the model's own, mostly `image`, and whose batch is
        1, or symbolic under the name `batch`.
    """
    from edgebreed.export.graph.index import clean_up, onnx

    telemetry.disable()  # tf2onnx imports ONNX Runtime where it is there
    sides = [side or OPEN_SIDE for side in model.input_shape[1:]]
    model(np.zeros((1, *sides), model.inputs[0].dtype))  # Keras exports only a model that was called once
    with temporary_folder() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # Keras's patch of tf2onnx asks for np.object
        logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)  # tracebacks of optimizations it skips
        path = folder / "model.onnx"
        model.export(path, format="onnx", opset_version=opset, verbose=False)
        converted = onnx.load(path)
    _set_batch(converted, static_batch)
    converted.graph.output.sort(key=lambda output: output.name != ANSWER)
    clean_up(converted)
    onnx.checker.check_model(converted, full_check=True)
    return converted


def to_tflite(model: Any, static_batch: bool = False) -> bytes:
    """Converts a Keras model to a float32 TFLite flatbuffer with built-in operators alone.

    Keras's exporter would also allow TensorFlow operators (Flex), which no device runtime has; here the
    converter fails on them. It also folds normalizations and the scaling of pixels into convolutions.

    Args:
        model: from `(N, H, W, 3) uint8 RGB` to named outputs.
        static_batch: fix the batch to 1, for runtimes that need it fixed.

    Raises:
        ProofError: the model needs operators that LiteRT does not have.
    """
    import tensorflow as tf

    from edgebreed.export.tflite_flatbuffer import parse, require_builtin, serialized
    from edgebreed.train.keras_setup import keras

    shape = (1 if static_batch else None, *model.input_shape[1:])
    signature = [keras.InputSpec(shape=shape, dtype="uint8", name=INPUT)]
    with temporary_folder() as folder:
        path = folder / "model.tflite"
        operators = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
        model.export(path, format="litert", verbose=False, input_signature=signature, target_spec=operators)
        converted = parse(path.read_bytes())
    require_builtin(converted)
    _put_answer_first(converted)
    return serialized(converted)


def _put_answer_first(model: Any) -> None:
    """The names of outputs are in the signature alone."""
    tensors = {bytes(output.name): output.tensorIndex for output in model.signatureDefs[0].outputs}
    answer = tensors.get(ANSWER.encode())
    model.subgraphs[0].outputs = sorted(model.subgraphs[0].outputs, key=lambda tensor: tensor != answer)


def _set_batch(model: "Model", static: bool) -> None:
    """Names or fixes the first dimension of inputs and outputs; inner shapes are inferred again later."""
    for value in (*model.graph.input, *model.graph.output):
        rows = value.type.tensor_type.shape.dim[0]
        if static:
            rows.dim_value = 1
        else:
            rows.dim_param = BATCH
