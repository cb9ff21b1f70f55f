"""Keras to TFLite."""

import tempfile
from pathlib import Path
from typing import Any


def to_tflite(model: Any) -> bytes:
    """Converts a Keras model to a float32 TFLite flatbuffer with builtin operators alone.

    Keras's exporter would also let TensorFlow operators in (Flex), which no device runtime has; here the
    converter fails on them.
    """
    import tensorflow as tf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        operators = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
        model.export(path, format="litert", verbose=False, target_spec=operators)
        return path.read_bytes()
