"""Layers restored to float."""

import numpy as np
import pytest

from edgebreed.edge.manifest import Target
from edgebreed.export.graph.float_layers import quantized_layers
from edgebreed.export.graph.index import onnx
from edgebreed.export.quantize_onnx import OnnxQuantizer
from edgebreed.export.recipe import QUANTIZATION_SCHEMES

from .models import IMAGES, kinds, residual, run


@pytest.fixture(scope="module")
def quantizer() -> OnnxQuantizer:
    """The small network, quantized."""
    return OnnxQuantizer(residual(), IMAGES, QUANTIZATION_SCHEMES[Target.X86_VNNI])


def test_every_layer_with_quantized_inputs_is_named(quantizer: OnnxQuantizer) -> None:
    """In the order of the graph."""
    named = [name for name in quantizer.layers if not name.startswith(("sum", "pool"))]
    assert ["conv0", "deep1", "point1", "deep2", "point2", "deep3", "point3", "dense"] == named
    assert {"sum1", "sum2", "sum3"} <= set(quantizer.layers)


def test_a_layer_in_float_has_its_own_weights_and_no_quantizer(quantizer: OnnxQuantizer) -> None:
    """All others stay quantized."""
    left = onnx.load_from_string(quantizer.model_bytes(["deep2"]))
    assert set(quantizer.layers) - {"deep2"} == set(quantized_layers(left)) - {"sum1_again", "sum2_again"}
    assert kinds(left)["DequantizeLinear"] < kinds(quantizer.model_bytes())["DequantizeLinear"]


def test_all_layers_in_float_are_the_float_model(quantizer: OnnxQuantizer) -> None:
    """No quantizer is left, and no difference."""
    model_bytes = quantizer.model_bytes(quantizer.layers)
    assert 0 == kinds(model_bytes)["QuantizeLinear"]
    np.testing.assert_allclose(run(residual()), run(model_bytes), atol=1e-6)
