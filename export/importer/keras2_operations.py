"""TensorFlow functions inside Keras 2 models, as layers of Keras 3.

Where a model of Keras 2 calls a function of TensorFlow on a layer's output, as `preprocess_input` does, its
file holds a layer `TFOpLambda` or `SlicingOpLambda` with the function's name. Keras 3 lacks both. Here are
those functions that image classifiers have between their layers; none of them runs code from the file.
"""

from collections.abc import Callable, Mapping
from typing import Any

from edgebreed.errors import ModelFileError
from edgebreed.train.keras_setup import keras

NAMES = ("TFOpLambda", "SlicingOpLambda")
_UNUSED = {"name", "data_format"}


def _slice(values: Any, slice_spec: list[Any]) -> Any:
    return values[tuple(map(_index, slice_spec))]


def _index(one: Any) -> Any:
    if not isinstance(one, Mapping):
        return one
    return ... if "class_name" in one else slice(one["start"], one["stop"], one["step"])


def _mean(values: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return keras.ops.mean(values, axis, keepdims)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "__operators__.add": keras.ops.add,
    "__operators__.getitem": _slice,
    "cast": keras.ops.cast,
    "math.add": keras.ops.add,
    "math.divide": keras.ops.divide,
    "math.multiply": keras.ops.multiply,
    "math.reduce_mean": _mean,
    "math.sigmoid": keras.ops.sigmoid,
    "math.subtract": keras.ops.subtract,
    "math.truediv": keras.ops.divide,
    "nn.bias_add": keras.ops.add,
    "nn.relu": keras.ops.relu,
    "nn.relu6": keras.ops.relu6,
    "nn.sigmoid": keras.ops.sigmoid,
    "nn.silu": keras.ops.silu,
    "nn.softmax": keras.ops.softmax,
    "nn.swish": keras.ops.silu,
}
"""By the name that a file has; all take further operands in the same order as TensorFlow's."""


class Keras2Operation(keras.layers.Layer):  # type: ignore[misc]  # the base is untyped
    """A function of TensorFlow on the outputs of layers.

    Args:
        function: its name below `tf`.
        settings: what every layer has.

    Raises:
        ModelFileError: the function is none of those that are known here.
    """

    def __init__(self, function: str, **settings: Any) -> None:
        super().__init__(**settings)
        if function not in _FUNCTIONS:
            raise ModelFileError(
                f"the layer {self.name} calls tf.{function}, which Keras 3 does not know: convert the model "
                "to ONNX with tf2onnx where it was trained"
            )
        self.function = _FUNCTIONS[function]

    def call(self, inputs: Any, **arguments: Any) -> Any:
        """The function of one tensor or several, with its other arguments."""
        operands = inputs if isinstance(inputs, list) else [inputs]
        further = [value for name, value in arguments.items() if name not in _UNUSED and value is not None]
        return self.function(*operands, *further)
