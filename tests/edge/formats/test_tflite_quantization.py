"""Scales and zero points of a TFLite file."""

import math
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.errors import ModelFileError

from .flatbuffers_made import model, operator, packed, weight

INT8, INT16, UINT8 = schema.TensorType.INT8, schema.TensorType.INT16, schema.TensorType.UINT8
ADD, SUB, MUL, SQUARED_DIFFERENCE, EQUAL, LESS, QUANTIZE = 0, 41, 18, 99, 71, 58, 114


def quantized(made: Any, place: int, scale: float, zero_point: int = 0) -> int:
    """Gives a tensor a scale; returns its place."""
    parameters = schema.QuantizationParametersT()
    parameters.scale, parameters.zeroPoint = [scale], [zero_point]
    made.subgraphs[0].tensors[place].quantization = parameters
    return place


def calculation(kind: int, scale: float, result: float, dtype: int = INT8) -> bytes:
    """An operator on a tensor of one scale and itself, with a result of another."""
    made = model()
    last = quantized(made, operator(made, QUANTIZE, 0, dtype=dtype), scale)
    quantized(made, operator(made, kind, last, last, dtype=dtype), result)
    return packed(made)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf, -math.inf, 1e-45, 3e38])
def test_scales_that_no_quantizer_writes_are_refused(scale: float) -> None:
    """LiteRT ends the process at each, also at that of a weight."""
    made = model()
    quantized(made, weight(made, np.ones(3)), scale)
    with pytest.raises(ModelFileError, match="a scale of .* is refused, 1.2e-38 to 1.8e.19 are allowed: exp"):
        check_tflite(packed(made))


@pytest.mark.parametrize(("dtype", "zero"), [(INT8, 128), (UINT8, -1), (INT16, 40_000), (0, 2**40)])
def test_zero_points_outside_of_their_type_are_refused(dtype: int, zero: int) -> None:
    """An int8 has none of 128."""
    made = model()
    quantized(made, operator(made, QUANTIZE, 0, dtype=dtype), 1.0, zero)
    with pytest.raises(ModelFileError, match=f"a zero point of {zero} is refused, .* are allowed: export"):
        check_tflite(packed(made))


@pytest.mark.parametrize("kind", [EQUAL, LESS])
def test_comparisons_of_quantized_tensors_are_refused(kind: int) -> None:
    """Their kernel aborts at a scale of 1, which is a valid one."""
    with pytest.raises(ModelFileError, match=f"operator {kind} on quantized tensors is refused: export it"):
        check_tflite(calculation(kind, 1.0, 1.0))


@pytest.mark.parametrize(
    ("kind", "scale", "result", "dtype"),
    [(ADD, 1.0, 4e-6, INT16), (SUB, 2e5, 1.0, INT8), (SQUARED_DIFFERENCE, 100.0, 1.0, INT8)],
)
def test_sums_far_below_what_is_added_are_refused(kind: int, scale: float, result: float, dtype: int) -> None:
    """The kernels shift by a fixed number of bits, and abort."""
    with pytest.raises(ModelFileError, match=f"operator {kind} with scales of .* and .* is refused: export"):
        check_tflite(calculation(kind, scale, result, dtype))


def test_what_quantizers_write_passes() -> None:
    """An image's scale, activations, a bias' tiny scale, and an output's."""
    for kind, scale, result in ((ADD, 1.0, 0.5), (MUL, 1.0, 1 / 255), (SQUARED_DIFFERENCE, 0.1, 0.02)):
        check_tflite(calculation(kind, scale, result))
    made = model()
    quantized(made, weight(made, np.ones(3)), 1e-18)
    quantized(made, operator(made, QUANTIZE, 0, dtype=UINT8), 1 / 256, 255)
    check_tflite(packed(made))
