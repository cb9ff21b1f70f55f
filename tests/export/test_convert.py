"""Conversion as a recipe asks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.formats import sniff
from edgebreed.export.convert import SinglePrecisionModel, convert
from edgebreed.export.recipe import GraphOptions, Recipe
from edgebreed.train.evaluation import KerasEngine
from edgebreed.train.run_record import MODEL

pytestmark = pytest.mark.keras


@pytest.fixture
def model(small_run: Path) -> Any:
    """The Keras model of a small run."""
    return KerasEngine(small_run / MODEL).model


def no_images() -> NDArray[np.uint8]:
    """Fails where a recipe loads calibration images that it does not need."""
    raise AssertionError("no calibration images are needed")


@pytest.mark.parametrize("name", ["onnx-fp16", "onnx-weight-int8", "tflite-fp16", "tflite-dynamic"])
def test_smaller_weights_need_no_images(model: Any, name: str) -> None:
    """The file is of the recipe's format, smaller than in float32, and has no layers to choose from."""
    recipe = Recipe.from_name(name)
    conversion = convert(model, recipe, GraphOptions(), no_images)
    data = conversion.converted.model_bytes()
    assert recipe.format is sniff(data) is sniff(conversion.float32)
    assert len(data) < 0.7 * len(conversion.float32)
    assert () == conversion.converted.layers


def test_float32_is_returned_as_it_is(model: Any) -> None:
    """It is not quantized."""
    conversion = convert(model, Recipe.from_name("onnx-fp32"), GraphOptions(), no_images)
    assert SinglePrecisionModel(conversion.float32) == conversion.converted


@pytest.mark.parametrize("name", ["onnx-int8-arm", "tflite-int8"])
def test_int8_is_calibrated_and_has_layers_that_can_stay_float(model: Any, name: str) -> None:
    """With the images that were loaded."""
    images = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), np.uint8)
    converted = convert(model, Recipe.from_name(name), GraphOptions(), lambda: images).converted
    assert len(converted.model_bytes()) < len(converted.model_bytes(converted.layers))
