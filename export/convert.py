"""From a Keras model to the body of a file, as a recipe asks."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.manifest import Precision
from edgebreed.export.recipe import OPSET, Format, Recipe

Photos = Callable[[], NDArray[np.uint8]]
"""Calibration inputs `(N, H, W, 3) uint8 RGB`, loaded only where a recipe needs them."""


class Candidate(Protocol):
    """A converted model, perhaps with layers that can be left in float."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The quantized layers, in the order of the graph; none where nothing can be left in float."""
        ...

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """The file without its manifest, with these layers in float."""
        ...


@dataclass(frozen=True)
class Fixed:
    """A converted model without a choice."""

    data: bytes
    layers: tuple[str, ...] = ()

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """The file without its manifest."""
        assert not float_layers
        return self.data


@dataclass(frozen=True)
class Conversion:
    """A model in its file format.

    Attributes:
        plain: in float32.
        candidate: as the recipe asks.
    """

    plain: bytes
    candidate: Candidate


@dataclass(frozen=True)
class Shape:
    """What a file can be asked for beside its numbers.

    Attributes:
        opset: ONNX operator set version.
        static_batch: make the batch 1.
    """

    opset: int = OPSET
    static_batch: bool = False


def convert(model: Any, recipe: Recipe, shape: Shape, photos: Photos) -> Conversion:
    """Converts a Keras model and shrinks or quantizes it."""
    make = _onnx if recipe.format is Format.ONNX else _tflite
    return make(model, recipe, shape, photos)


def _onnx(model: Any, recipe: Recipe, shape: Shape, photos: Photos) -> Conversion:
    from edgebreed.export.float16 import to_float16
    from edgebreed.export.graph.rescaling import fold_rescaling
    from edgebreed.export.graph.slim import slim
    from edgebreed.export.quantize import OnnxQuantizer
    from edgebreed.export.to_onnx import serialized, to_onnx
    from edgebreed.export.weight_only import quantize_weights

    plain = to_onnx(model, shape.opset, shape.static_batch)
    if not (recipe.has_targets and recipe.number_types.symmetric):  # pixels from -1 to 1 have two sides
        fold_rescaling(plain)
    slim(plain)
    body = serialized(plain)
    if recipe.precision is Precision.FP32:
        return Conversion(body, Fixed(body))
    if recipe.precision is Precision.INT8:
        return Conversion(body, OnnxQuantizer(plain, photos(), recipe.number_types))
    smaller = (to_float16 if recipe.precision is Precision.FP16 else quantize_weights)(plain)
    slim(smaller)
    return Conversion(body, Fixed(serialized(smaller)))


def _tflite(model: Any, recipe: Recipe, shape: Shape, photos: Photos) -> Conversion:
    from edgebreed.export.quantize_tflite import TFLiteQuantizer, shrink
    from edgebreed.export.to_tflite import to_tflite

    body = to_tflite(model, shape.static_batch)
    if recipe.precision is Precision.FP32:
        return Conversion(body, Fixed(body))
    if recipe.precision is Precision.INT8:
        return Conversion(body, TFLiteQuantizer(body, photos()))
    return Conversion(body, Fixed(shrink(body, recipe.precision)))
