"""Keras to TFLite."""

import tempfile
from pathlib import Path
from typing import Any

from edgebreed.export.tflite.flatbuffer import packed, parse, require_builtin


def to_tflite(model: Any, static_batch: bool = False) -> bytes:
    """Converts a Keras model to a float32 TFLite flatbuffer with builtin operators alone.

    Keras's exporter would also let TensorFlow operators in (Flex), which no device runtime has; here the
    converter fails on them. It also folds normalizations and the scaling of pixels into convolutions.

    Args:
        model: from `(N, H, W, 3) uint8 RGB` to named outputs.
        static_batch: make the batch 1, for runtimes that cannot leave it open.

    Raises:
        ProofError: the model needs operators that a plain LiteRT does not have.
    """
    import tensorflow as tf

    from edgebreed.train.keras_setup import keras

    batch = 1 if static_batch else None
    signature = [keras.InputSpec(shape=(batch, *model.input_shape[1:]), dtype="uint8", name="image")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        operators = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
        model.export(path, format="litert", verbose=False, input_signature=signature, target_spec=operators)
        converted = parse(path.read_bytes())
    require_builtin(converted)
    return packed(converted)
