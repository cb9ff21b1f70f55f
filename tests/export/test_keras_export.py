"""Keras models in ONNX and TFLite."""

from typing import Any

import numpy as np
import pytest

from edgebreed.export.graph.index import serialized
from edgebreed.export.keras_export import to_onnx, to_tflite
from edgebreed.export.tflite_flatbuffer import parse

from .graph.models import IMAGES, SIDE
from .graph.models import run as run_onnx
from .tflite_models import run as run_tflite

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def model() -> Any:
    """Scaling, a convolution, pooling and a softmax over three classes."""
    from edgebreed.train.keras_setup import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    image = keras.Input((SIDE, SIDE, 3), dtype="uint8", name="image")
    x = layers.Conv2D(4, 3, activation="relu")(layers.Rescaling(1 / 255)(image))
    x = layers.Dense(3, activation="softmax")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(image, {"probabilities": x})


def test_both_formats_compute_what_keras_computes(model: Any) -> None:
    """To the last bits of float32."""
    expected = model.predict_on_batch(IMAGES)["probabilities"]
    np.testing.assert_allclose(run_onnx(to_onnx(model, 17)), expected, atol=1e-6)
    np.testing.assert_allclose(run_tflite(to_tflite(model), IMAGES), expected, atol=1e-6)


@pytest.mark.parametrize(("static", "batch"), [(False, ("batch", 0)), (True, ("", 1))])
def test_the_batch_is_symbolic_or_1(model: Any, static: bool, batch: tuple[str, int]) -> None:
    """The input is `image`, uint8; TFLite takes a fixed batch too."""
    converted = to_onnx(model, 15, static)
    serialized(converted)
    (value,) = converted.graph.input
    first = value.type.tensor_type.shape.dim[0]
    assert ("image", *batch) == (value.name, first.dim_param, first.dim_value)
    assert {"": 15}.items() <= {opset.domain: opset.version for opset in converted.opset_import}.items()
    assert (1, 3) == run_tflite(to_tflite(model, static), IMAGES[:1]).shape


def test_the_probabilities_come_first(model: Any) -> None:
    """Before a second output, whose name comes first in the alphabet."""
    from edgebreed.train.keras_setup import keras

    score = keras.layers.Dense(1, activation="sigmoid")(model.output["probabilities"])
    two = keras.Model(model.input, {**model.output, "in_distribution": score})
    onnx_outputs = [output.name for output in to_onnx(two, 17).graph.output]
    assert ["probabilities", "in_distribution"] == onnx_outputs
    graph = parse(to_tflite(two)).subgraphs[0]
    assert [3, 1] == [int(graph.tensors[place].shape[-1]) for place in graph.outputs]
