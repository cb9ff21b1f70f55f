"""TFLite float32 to int8, int8 weights and float16 by ai-edge-quantizer."""

import io
import os
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.manifest import Precision
from edgebreed.errors import MissingExtraError
from edgebreed.export.tflite.byte_input import input_range, take_bytes
from edgebreed.export.tflite.flatbuffer import operator_name, packed, parse

try:
    from ai_edge_quantizer import quantizer, recipe
    from ai_edge_quantizer.algorithm_manager import AlgorithmName
    from ai_edge_quantizer.calibrator import CalibrationMode, Calibrator
    from ai_edge_quantizer.qtyping import TFLOperationName
    from ai_edge_quantizer.recipe_manager import RecipeManager
except ImportError as error:
    raise MissingExtraError("TFLite quantization (ai-edge-quantizer)", "export") from error

SIGNATURE = "serving_default"
QUANTIZED = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MUL", "MEAN", "AVERAGE_POOL_2D"}
FLOAT_END = ("SOFTMAX", "LOGISTIC", "OUTPUT")
"""Probabilities stay float32: a byte has steps of 1/256, and thresholds and calibration need finer ones."""


class TFLiteQuantizer:
    """Quantizes a float model with any of its layers left in float.

    Args:
        body: a float32 TFLite model that takes uint8.
        photos: calibration inputs `(N, H, W, 3) uint8 RGB`.
    """

    def __init__(self, body: bytes, photos: NDArray[np.uint8]) -> None:
        self._body = body
        model = parse(body)
        self.layers = quantized_layers(model)
        inputs = [{_input_name(model): photo[None]} for photo in photos]
        with _quiet():
            ranges = _ranges(body, inputs)
        self._ranges = {**ranges, **input_range(model), **_two_sided(model, ranges)}

    def body(self, float_layers: Collection[str] = ()) -> bytes:
        """The int8 model: per-channel weights, per-tensor activations, uint8 input, float32 outputs."""
        with _quiet():
            result = _static(self._body, float_layers).quantize(self._ranges)
        model = parse(bytes(result.quantized_model))
        take_bytes(model)
        return packed(model)


def shrink(body: bytes, precision: Precision) -> bytes:
    """The model with float16 weights, or with int8 weights whose inputs the runtime quantizes itself.

    Args:
        body: a float32 TFLite model.
        precision: `fp16` or `dynamic`.
    """
    tool = quantizer.Quantizer(bytearray(body))
    if precision is Precision.FP16:
        tool.add_weight_only_config(
            regex=".*",
            operation_name=TFLOperationName.ALL_SUPPORTED,
            num_bits=16,
            algorithm_key=AlgorithmName.FLOAT_CASTING,
        )
    else:
        tool.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    with _quiet():
        result = tool.quantize()
    return packed(parse(bytes(result.quantized_model)))


def quantized_layers(model: Any) -> tuple[str, ...]:
    """Output names of the operators whose inputs are quantized, in the graph's order."""
    graph = model.subgraphs[0]
    return tuple(
        graph.tensors[operator.outputs[0]].name.decode()
        for operator in graph.operators
        if operator_name(model, operator) in QUANTIZED
    )


def _ranges(body: bytes, inputs: list[dict[str, NDArray[np.uint8]]]) -> dict[str, Any]:
    """The smallest and the largest value of each tensor, each averaged over the photos, as NNCF does.

    The library's default, a moving average, forgets all but the last photos. The extremes over all photos
    make steps too coarse: Xception then keeps 90 % of its answers, with averages 99 %.
    """
    watched = Calibrator(body, os.cpu_count() or 1, CalibrationMode.CALIBRATION_PROFILER_BASED, _averaged)
    watched.calibrate({SIGNATURE: inputs}, RecipeManager())  # that mode watches every tensor
    return dict(watched.get_model_qsvs())


def _averaged(known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    count = known.get("count", 1)
    means = {end: (known[end] * count + new[end]) / (count + 1) for end in ("min", "max")}
    return {**means, "count": count + 1}


def _two_sided(model: Any, ranges: dict[str, Any]) -> dict[str, Any]:
    """The range of what the sigmoid at the end takes, as far below zero as above it.

    Calibration photos are all of the classes: the score of what is none of them would be clipped at the least
    that they show.
    """
    graph = model.subgraphs[0]
    ends = [operator for operator in graph.operators if operator.outputs[0] in graph.outputs]
    taken = [operator.inputs[0] for operator in ends if operator_name(model, operator) == "LOGISTIC"]
    names = [graph.tensors[place].name.decode() for place in taken]
    furthest = {name: np.maximum(np.abs(ranges[name]["min"]), np.abs(ranges[name]["max"])) for name in names}
    return {name: {"min": -far, "max": far} for name, far in furthest.items()}


def _static(body: bytes, float_layers: Collection[str]) -> Any:
    tool = quantizer.Quantizer(bytearray(body), recipe.static_wi8_ai8())
    for name in FLOAT_END:
        tool.update_quantization_recipe(
            regex=".*", operation_name=TFLOperationName(name), algorithm_key=AlgorithmName.NO_QUANTIZE
        )
    for layer in float_layers:
        tool.update_quantization_recipe(
            regex=f"^{re.escape(layer)};",
            operation_name=TFLOperationName.ALL_SUPPORTED,
            algorithm_key=AlgorithmName.NO_QUANTIZE,
        )
    return tool


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantizer prints sizes and bars, and LiteRT warns that reading each tensor takes memory."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _input_name(model: Any) -> str:
    return str(model.signatureDefs[0].inputs[0].name.decode())
