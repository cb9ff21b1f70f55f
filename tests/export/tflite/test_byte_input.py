"""Bytes into an int8 TFLite model."""

import numpy as np

from edgebreed.export.quantize_tflite import TFLiteQuantizer
from edgebreed.export.tflite.byte_input import input_range, take_bytes
from edgebreed.export.tflite.flatbuffer import operator_name, parse

from .models import PHOTOS, small_tflite


def test_pixels_range_from_0_to_255() -> None:
    """Whatever calibration photos show."""
    (bounds,) = input_range(parse(small_tflite())).values()
    assert (0.0, 255.0) == (bounds["min"].item(), bounds["max"].item())


def test_an_int8_model_begins_with_a_requantization() -> None:
    """uint8 of step 1 to int8 of step 1: no float on the way."""
    model = parse(TFLiteQuantizer(small_tflite(), PHOTOS // 2).body())
    graph = model.subgraphs[0]
    first = graph.operators[0]
    assert "QUANTIZE" == operator_name(model, first)
    ends = [graph.tensors[place].quantization for place in (first.inputs[0], first.outputs[0])]
    assert [(1.0, 0), (1.0, -128)] == [(float(q.scale[0]), int(q.zeroPoint[0])) for q in ends]


def test_a_float_model_stays() -> None:
    """It has no quantizer behind the cast."""
    model = parse(small_tflite())
    before = len(model.subgraphs[0].operators)
    assert not take_bytes(model)
    assert before == len(model.subgraphs[0].operators)
    assert np.array_equal(model.subgraphs[0].inputs, [0])
