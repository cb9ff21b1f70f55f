"""int8, int8 weights and float16 in TFLite."""

import numpy as np
import pytest

from edgebreed.edge.manifest import Precision
from edgebreed.export.layers import layer_noise
from edgebreed.export.quantize_tflite import TFLiteQuantizer, quantized_layers, shrink
from edgebreed.export.recipe import Format
from edgebreed.export.tflite.flatbuffer import operator_name, parse, schema

from .tflite.models import PHOTOS, answers, bright_tflite, small_tflite

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def quantizer() -> TFLiteQuantizer:
    """The small network, calibrated."""
    return TFLiteQuantizer(small_tflite(), PHOTOS)


def types(body: bytes) -> list[tuple[str, int]]:
    """Each operator and the type of its output."""
    model = parse(body)
    graph = model.subgraphs[0]
    return [(operator_name(model, op), graph.tensors[op.outputs[0]].type) for op in graph.operators]


def test_every_layer_computes_in_int8_and_probabilities_are_float(quantizer: TFLiteQuantizer) -> None:
    """Weights have a scale a channel; the answers stay near."""
    body = quantizer.body()
    made, int8 = types(body), schema.TensorType.INT8
    assert {int8} == {kind for name, kind in made if name not in {"DEQUANTIZE", "SOFTMAX"}}
    assert [("DEQUANTIZE", 0), ("SOFTMAX", 0)] == made[-2:]
    graph = parse(body).subgraphs[0]
    conv = next(op for op, (name, _) in zip(graph.operators, made, strict=True) if name == "CONV_2D")
    assert 8 == len(graph.tensors[conv.inputs[1]].quantization.scale)
    assert np.abs(answers(small_tflite()) - answers(body)).max() < 0.05


def test_a_layer_can_stay_float(quantizer: TFLiteQuantizer) -> None:
    """It alone."""
    layer = quantizer.layers[1]
    made = types(quantizer.body([layer]))
    assert [("DEPTHWISE_CONV_2D", schema.TensorType.FLOAT32)] == [
        item for item in made if item[0].endswith("CONV_2D") and item[1] == schema.TensorType.FLOAT32
    ]
    assert quantizer.layers == quantized_layers(parse(small_tflite()))


@pytest.mark.parametrize(("precision", "most"), [(Precision.FP16, 1e-3), (Precision.DYNAMIC, 0.05)])
def test_weights_shrink_and_answers_stay(precision: Precision, most: float) -> None:
    """Types are halves or bytes; input and output are as before."""
    body = shrink(small_tflite(), precision)
    kind = schema.TensorType.FLOAT16 if precision is Precision.FP16 else schema.TensorType.INT8
    graph = parse(body).subgraphs[0]
    assert 3 <= sum(tensor.type == kind for tensor in graph.tensors)
    assert np.abs(answers(small_tflite()) - answers(body)).max() < most


def test_noise_is_reported_layer_by_layer(quantizer: TFLiteQuantizer) -> None:
    """Between the float file and the int8 file, in the order of the graph."""
    rows = layer_noise(Format.TFLITE, small_tflite(), quantizer.body(), PHOTOS[:2])
    kinds = [row.operator for row in rows]
    assert ["CONV_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "MEAN", "FULLY_CONNECTED", "SOFTMAX"] == kinds
    assert 10 < min(row.snr_db for row in rows) < 60


def test_every_photo_counts_in_whatever_order(quantizer: TFLiteQuantizer) -> None:
    """A running average would forget what came first."""
    assert scales(quantizer.body()) == pytest.approx(
        scales(TFLiteQuantizer(small_tflite(), PHOTOS[::-1]).body()), rel=1e-6
    )


def test_a_score_falls_below_what_calibration_photos_show() -> None:
    """They are all of the classes; the score of what is not must not stop at a half."""
    body = TFLiteQuantizer(bright_tflite(), np.maximum(PHOTOS, 160)).body()
    exact, quantized = (answers(model, PHOTOS // 2)[:, 0] for model in (bright_tflite(), body))
    assert exact.max() < 0.3
    np.testing.assert_allclose(exact, quantized, atol=0.05)


def scales(body: bytes) -> list[float]:
    """The step of each quantized activation."""
    steps = [tensor.quantization.scale for tensor in parse(body).subgraphs[0].tensors if tensor.quantization]
    return [float(step[0]) for step in steps if step is not None and len(step) == 1]
