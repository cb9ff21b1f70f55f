"""TFLite float32 to int8, to int8 weights and to float16 weights, by ai-edge-quantizer."""

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
from edgebreed.export.tflite_flatbuffer import only_consumer, operator_name, parse, schema, serialized

try:
    from ai_edge_quantizer import quantizer, recipe
    from ai_edge_quantizer.algorithm_manager import AlgorithmName
    from ai_edge_quantizer.calibrator import CalibrationMode, Calibrator
    from ai_edge_quantizer.qtyping import TFLOperationName
    from ai_edge_quantizer.recipe_manager import RecipeManager
except ImportError as error:
    raise MissingExtraError("TFLite quantization (ai-edge-quantizer)", "export") from error

SIGNATURE = "serving_default"
QUANTIZED_OPS = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "MUL", "MEAN", "AVERAGE_POOL_2D"}
FLOAT_OPS = ("SOFTMAX", "LOGISTIC", "OUTPUT")
"""The last operators stay float32: int8 probabilities have steps of 1/256, too coarse for a threshold."""

Ranges = dict[str, dict[str, Any]]
"""Smallest and largest value of each tensor by its name, as ai-edge-quantizer spells them."""


class TFLiteQuantizer:
    """Calibrates a float model once and quantizes it with any of its layers left in float.

    Args:
        model_bytes: a float32 TFLite model that takes uint8.
        images: calibration inputs `(N, H, W, 3) uint8 RGB`.
    """

    def __init__(self, model_bytes: bytes, images: NDArray[np.uint8]) -> None:
        self._float = model_bytes
        model = parse(model_bytes)
        self.layers = quantized_layers(model)
        inputs = [{_input_name(model): image[None]} for image in images]
        with _quiet():
            ranges = _measure_ranges(model_bytes, inputs)
        self._ranges = {**ranges, **pixel_range(model), **_symmetric_sigmoid_inputs(model, ranges)}

    def model_bytes(self, float_layers: Collection[str] = ()) -> bytes:
        """The int8 model: per-channel weights, per-tensor activations, uint8 input, float32 outputs."""
        with _quiet():
            result = _static_quantizer(self._float, float_layers).quantize(self._ranges)
        model = parse(bytes(result.quantized_model))
        requantize_pixels(model)
        return serialized(model)


def quantize_weights_only(model_bytes: bytes, precision: Precision) -> bytes:
    """The model with float16 weights, or with int8 weights and activations quantized as they come.

    Args:
        model_bytes: a float32 TFLite model.
        precision: `fp16` or `dynamic`.
    """
    tool = quantizer.Quantizer(bytearray(model_bytes))
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
    return serialized(parse(bytes(result.quantized_model)))


def quantized_layers(model: Any) -> tuple[str, ...]:
    """Output names of the operators that are quantized, in the graph's order."""
    graph = model.subgraphs[0]
    return tuple(
        graph.tensors[operator.outputs[0]].name.decode()
        for operator in graph.operators
        if operator_name(model, operator) in QUANTIZED_OPS
    )


def pixel_range(model: Any) -> Ranges:
    """The range 0 to 255 for the tensor of float pixels.

    Calibration images may show less, and the lightest pixels of others would then be clipped.

    Returns:
        Empty where the pixels are scaled before they are quantized.
    """
    graph = model.subgraphs[0]
    cast = only_consumer(graph, graph.inputs[0])
    operator = None if cast is None else only_consumer(graph, cast.outputs[0])
    if cast is None or operator is None or operator_name(model, operator) != "CONV_2D":
        return {}
    shape = (1, 1, 1, 1)
    ends = {"min": np.zeros(shape, np.float32), "max": np.full(shape, 255, np.float32)}
    return {graph.tensors[cast.outputs[0]].name.decode(): ends}


def requantize_pixels(model: Any) -> bool:
    """Replaces a cast of the input to float and the quantizer behind it by one integer requantization.

    `QUANTIZE` then maps uint8 of scale 1 and zero point 0 to int8 of scale 1 and zero point -128.

    Returns:
        Whether the model was changed.
    """
    graph = model.subgraphs[0]
    cast = only_consumer(graph, graph.inputs[0])
    operator = None if cast is None else only_consumer(graph, cast.outputs[0])
    if operator is None or operator_name(model, operator) != "QUANTIZE":
        return False
    if not np.isclose(graph.tensors[operator.outputs[0]].quantization.scale[0], 1.0):
        return False
    parameters = schema.QuantizationParametersT()
    parameters.scale, parameters.zeroPoint = [1.0], [0]
    graph.tensors[graph.inputs[0]].quantization = parameters
    operator.inputs = np.array([graph.inputs[0]], np.int32)
    graph.operators = [kept for kept in graph.operators if kept is not cast]
    return True


def _measure_ranges(model_bytes: bytes, inputs: list[dict[str, NDArray[np.uint8]]]) -> Ranges:
    """The smallest and the largest value of each tensor, each averaged over the images, as NNCF does.

    The library's default, a moving average, forgets all but the last images. The extremes over all images
    make the steps too coarse: Xception then agrees with the float model on 90 % of images, with averages on
    99 %.
    """
    mode = CalibrationMode.CALIBRATION_PROFILER_BASED  # observes every tensor, with an empty recipe
    calibrator = Calibrator(model_bytes, os.cpu_count() or 1, mode, _running_mean)
    calibrator.calibrate({SIGNATURE: inputs}, RecipeManager())
    return dict(calibrator.get_model_qsvs())


def _running_mean(known: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    count = known.get("count", 1)
    means = {end: (known[end] * count + new[end]) / (count + 1) for end in ("min", "max")}
    return {**means, "count": count + 1}


def _symmetric_sigmoid_inputs(model: Any, ranges: Ranges) -> Ranges:
    """Ranges about zero for the inputs of final sigmoids.

    The in-distribution score ends in one. Calibration images all belong to classes, so their scores are high,
    and the low scores of other images would be clipped at the lowest that they show.
    """
    graph = model.subgraphs[0]
    last = [operator for operator in graph.operators if operator.outputs[0] in graph.outputs]
    inputs = [operator.inputs[0] for operator in last if operator_name(model, operator) == "LOGISTIC"]
    names = [graph.tensors[place].name.decode() for place in inputs]
    largest = {name: np.maximum(np.abs(ranges[name]["min"]), np.abs(ranges[name]["max"])) for name in names}
    return {name: {"min": -value, "max": value} for name, value in largest.items()}


def _static_quantizer(model_bytes: bytes, float_layers: Collection[str]) -> Any:
    tool = quantizer.Quantizer(bytearray(model_bytes), recipe.static_wi8_ai8())
    for name in FLOAT_OPS:
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
    """Silences the quantizer's sizes and bars, and LiteRT's warning that reading each tensor takes memory."""
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _input_name(model: Any) -> str:
    return str(model.signatureDefs[0].inputs[0].name.decode())
