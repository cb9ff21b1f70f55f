"""From a Keras model to the bytes of a model file, as a recipe asks."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Precision
from edgebreed.export.recipe import GraphOptions, Recipe

if TYPE_CHECKING:
    from edgebreed.export.graph.index import Model

LoadImages = Callable[[], NDArray[np.uint8]]
"""Loads calibration inputs `(N, H, W, 3) uint8 RGB`; called only where a recipe needs them."""


class ConvertedModel(Protocol):
    """A converted model; where it is quantized, any of its layers can be left in float."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The quantized layers in the order of the graph; empty where none can be left in float."""
        ...

    def model_bytes(self, float_layers: Collection[str] = ()) -> bytes:
        """The file without its manifest, with these layers in float."""
        ...


@dataclass(frozen=True)
class SinglePrecisionModel:
    """A converted model without layers to choose from."""

    data: bytes
    layers: tuple[str, ...] = ()

    def model_bytes(self, float_layers: Collection[str] = ()) -> bytes:
        """The file without its manifest."""
        assert not float_layers
        return self.data


@dataclass(frozen=True)
class Conversion:
    """A Keras model in another format.

    Attributes:
        float32: the file in float32, without its manifest.
        converted: the model in the precision that was asked for.
    """

    float32: bytes
    converted: ConvertedModel


def convert(model: Any, recipe: Recipe, options: GraphOptions, load_images: LoadImages) -> Conversion:
    """Converts a Keras model and quantizes it as the recipe asks."""
    to_format = _to_onnx if recipe.format is ModelFormat.ONNX else _to_tflite
    return to_format(model, recipe, options, load_images)


def _to_onnx(model: Any, recipe: Recipe, options: GraphOptions, load_images: LoadImages) -> Conversion:
    from edgebreed.export.keras_export import to_onnx

    return convert_onnx(to_onnx(model, options.opset, options.static_batch), recipe, load_images)


def convert_onnx(float32: "Model", recipe: Recipe, load_images: LoadImages) -> Conversion:
    """Quantizes a float32 ONNX model as the recipe asks.

    Args:
        float32: from `image`, `(N, H, W, 3) uint8 RGB`, to named outputs; is changed.
        recipe: of format ONNX.
        load_images: calibration inputs.
    """
    from edgebreed.export.graph.index import clean_up, serialized
    from edgebreed.export.graph.rescaling import fold_rescaling
    from edgebreed.export.quantize_onnx import OnnxQuantizer
    from edgebreed.export.shrink_onnx import quantize_weights, to_float16

    if not (
        recipe.has_targets and recipe.scheme.symmetric
    ):  # of 0..255 symmetric int8 would use one half only
        fold_rescaling(float32)
    clean_up(float32)
    data = serialized(float32)
    if recipe.precision is Precision.FP32:
        return Conversion(data, SinglePrecisionModel(data))
    if recipe.precision is Precision.INT8:
        return Conversion(data, OnnxQuantizer(float32, load_images(), recipe.scheme))
    smaller = (to_float16 if recipe.precision is Precision.FP16 else quantize_weights)(float32)
    clean_up(smaller)
    return Conversion(data, SinglePrecisionModel(serialized(smaller)))


def _to_tflite(model: Any, recipe: Recipe, options: GraphOptions, load_images: LoadImages) -> Conversion:
    from edgebreed.export.keras_export import to_tflite
    from edgebreed.export.quantize_tflite import TFLiteQuantizer, quantize_weights_only

    data = to_tflite(model, options.static_batch)
    if recipe.precision is Precision.FP32:
        return Conversion(data, SinglePrecisionModel(data))
    if recipe.precision is Precision.INT8:
        return Conversion(data, TFLiteQuantizer(data, load_images()))
    return Conversion(data, SinglePrecisionModel(quantize_weights_only(data, recipe.precision)))
