"""int8, int8 weights and float16 weights in TFLite."""

import numpy as np
import pytest

from edgebreed.edge.manifest import Precision
from edgebreed.export.layer_noise import layer_noise
from edgebreed.export.quantize_tflite import (
    TFLiteQuantizer,
    pixel_range,
    quantize_weights_only,
    quantized_layers,
    requantize_pixels,
)
from edgebreed.export.tflite_flatbuffer import operator_name, parse, schema

from .tflite_models import IMAGES, bright_tflite, run, small_tflite

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def quantizer() -> TFLiteQuantizer:
    """The small network, calibrated."""
    return TFLiteQuantizer(small_tflite(), IMAGES)


def types(model_bytes: bytes) -> list[tuple[str, int]]:
    """Each operator and the type of its output."""
    model = parse(model_bytes)
    graph = model.subgraphs[0]
    return [(operator_name(model, op), graph.tensors[op.outputs[0]].type) for op in graph.operators]


def test_every_layer_computes_in_int8_and_probabilities_are_float(quantizer: TFLiteQuantizer) -> None:
    """Weights have one scale a channel; the outputs stay near the float model's."""
    model_bytes = quantizer.model_bytes()
    made, int8 = types(model_bytes), schema.TensorType.INT8
    assert {int8} == {kind for name, kind in made if name not in {"DEQUANTIZE", "SOFTMAX"}}
    assert [("DEQUANTIZE", 0), ("SOFTMAX", 0)] == made[-2:]
    graph = parse(model_bytes).subgraphs[0]
    conv = next(op for op, (name, _) in zip(graph.operators, made, strict=True) if name == "CONV_2D")
    assert 8 == len(graph.tensors[conv.inputs[1]].quantization.scale)
    assert np.abs(run(small_tflite()) - run(model_bytes)).max() < 0.05


def test_a_single_layer_can_stay_float(quantizer: TFLiteQuantizer) -> None:
    """All others are quantized."""
    layer = quantizer.layers[1]
    made = types(quantizer.model_bytes([layer]))
    assert [("DEPTHWISE_CONV_2D", schema.TensorType.FLOAT32)] == [
        item for item in made if item[0].endswith("CONV_2D") and item[1] == schema.TensorType.FLOAT32
    ]
    assert quantizer.layers == quantized_layers(parse(small_tflite()))


@pytest.mark.parametrize(("precision", "most"), [(Precision.FP16, 1e-3), (Precision.DYNAMIC, 0.05)])
def test_weights_alone_can_be_smaller(precision: Precision, most: float) -> None:
    """They are float16 or int8; the outputs stay near."""
    model_bytes = quantize_weights_only(small_tflite(), precision)
    kind = schema.TensorType.FLOAT16 if precision is Precision.FP16 else schema.TensorType.INT8
    graph = parse(model_bytes).subgraphs[0]
    assert 3 <= sum(tensor.type == kind for tensor in graph.tensors)
    assert np.abs(run(small_tflite()) - run(model_bytes)).max() < most


def test_noise_is_reported_layer_by_layer(quantizer: TFLiteQuantizer) -> None:
    """Between the float file and the int8 file, in the order of the graph."""
    rows = layer_noise(small_tflite(), quantizer.model_bytes(), IMAGES[:2])
    kinds = [row.operator for row in rows]
    assert ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "MEAN", "FULLY_CONNECTED", "SOFTMAX"] == kinds
    assert 10 < min(row.sqnr_db for row in rows) < 60


def test_ranges_do_not_depend_on_the_order_of_images(quantizer: TFLiteQuantizer) -> None:
    """A moving average would forget the first ones."""
    assert scales(quantizer.model_bytes()) == pytest.approx(
        scales(TFLiteQuantizer(small_tflite(), IMAGES[::-1]).model_bytes()), rel=1e-6
    )


def test_a_score_can_fall_below_those_of_calibration_images() -> None:
    """Those all belong to classes; the score of other images must not be clipped at theirs."""
    model_bytes = TFLiteQuantizer(bright_tflite(), np.maximum(IMAGES, 160)).model_bytes()
    exact, quantized = (run(model, IMAGES // 2)[:, 0] for model in (bright_tflite(), model_bytes))
    assert exact.max() < 0.3
    np.testing.assert_allclose(exact, quantized, atol=0.05)


def scales(model_bytes: bytes) -> list[float]:
    """The step of each quantized activation."""
    steps = [
        tensor.quantization.scale for tensor in parse(model_bytes).subgraphs[0].tensors if tensor.quantization
    ]
    return [float(step[0]) for step in steps if step is not None and len(step) == 1]


def test_pixels_range_from_0_to_255() -> None:
    """Whatever calibration images contain."""
    (bounds,) = pixel_range(parse(small_tflite())).values()
    assert (0.0, 255.0) == (bounds["min"].item(), bounds["max"].item())


def test_an_int8_model_begins_with_a_requantization() -> None:
    """From uint8 to int8, both of scale 1, without float in between."""
    model = parse(TFLiteQuantizer(small_tflite(), IMAGES // 2).model_bytes())
    graph = model.subgraphs[0]
    first = graph.operators[0]
    assert "QUANTIZE" == operator_name(model, first)
    ends = [graph.tensors[place].quantization for place in (first.inputs[0], first.outputs[0])]
    assert [(1.0, 0), (1.0, -128)] == [(float(q.scale[0]), int(q.zeroPoint[0])) for q in ends]


def test_a_float_model_stays() -> None:
    """It has no quantizer after the cast."""
    model = parse(small_tflite())
    before = len(model.subgraphs[0].operators)
    assert not requantize_pixels(model)
    assert before == len(model.subgraphs[0].operators)
    assert np.array_equal(model.subgraphs[0].inputs, [0])
