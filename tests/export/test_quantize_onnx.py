"""int8 in ONNX: integer types by target, and the kernels that ONNX Runtime chooses for them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.manifest import Target
from edgebreed.edge.processor import processor_target
from edgebreed.export.graph.index import GraphIndex, attribute, clean_up, onnx
from edgebreed.export.graph.rescaling import fold_rescaling
from edgebreed.export.quantize_onnx import OnnxQuantizer
from edgebreed.export.recipe import QUANTIZATION_SCHEMES

from .graph.models import IMAGES, kinds, optimized, residual, run


@pytest.fixture(scope="module")
def quantizers() -> dict[Target, OnnxQuantizer]:
    """The small residual network, calibrated for each target."""
    made = {}
    for target, scheme in QUANTIZATION_SCHEMES.items():
        plain = residual()
        if scheme.fuse:
            fold_rescaling(plain)
            clean_up(plain)
        made[target] = OnnxQuantizer(plain, IMAGES, scheme)
    return made


def zero_points(model_bytes: bytes) -> list[Any]:
    """Zero points of all activations; those of weights have no QuantizeLinear in the graph."""
    model = onnx.load_from_string(model_bytes)
    index = GraphIndex(model)
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    return [index.constant(node.input[2]) for node in quantizers]


@pytest.mark.parametrize("target", list(Target))
def test_outputs_stay_near_the_float_models(quantizers: dict[Target, OnnxQuantizer], target: Target) -> None:
    """For every target."""
    assert np.abs(run(residual()) - run(quantizers[target].model_bytes())).max() < 0.05


@pytest.mark.parametrize("target", list(Target))
def test_activations_have_the_targets_type(quantizers: dict[Target, OnnxQuantizer], target: Target) -> None:
    """Signed or unsigned, and with zero point 0 where the target needs it."""
    scheme = QUANTIZATION_SCHEMES[target]
    points = zero_points(quantizers[target].model_bytes())
    assert {np.dtype(np.int8 if scheme.signed else np.uint8)} == {point.dtype for point in points}
    assert scheme.symmetric is not any(point.any() for point in points)


@pytest.mark.parametrize("target", list(Target))
def test_weights_have_a_scale_a_channel_and_the_targets_range(
    quantizers: dict[Target, OnnxQuantizer], target: Target
) -> None:
    """7 bits where 16-bit sums would saturate; depthwise kernels widen each product first."""
    model = onnx.load_from_string(quantizers[target].model_bytes())
    index = GraphIndex(model)
    convolutions = [node for node in model.graph.node if "Conv" == node.op_type]
    assert 7 == len(convolutions)
    largest = 0
    for node in convolutions:
        dequantizer = index.producer(node.input[1], "DequantizeLinear")
        assert dequantizer is not None
        values, scale = (index.constant(name) for name in dequantizer.input[:2])
        assert values is not None
        assert scale is not None
        assert ("int8", (8,)) == (str(values.dtype), scale.shape)
        if 1 == attribute(node, "group", 1):
            largest = max(largest, int(np.abs(values.astype(int)).max()))
    assert (largest <= 64) is QUANTIZATION_SCHEMES[target].reduce_range


@pytest.mark.slow
@pytest.mark.skipif(processor_target() is Target.ARM, reason="targets are made for x86")
@pytest.mark.parametrize("target", [Target.X86, Target.X86_VNNI])
def test_onnx_runtime_computes_in_integers(
    quantizers: dict[Target, OnnxQuantizer], target: Target, tmp_path: Path
) -> None:
    """Except the first convolution: its output has two ranges, which no convolution of Xception has."""
    made = optimized(quantizers[target].model_bytes(), tmp_path)
    assert {"Add", "MatMul", "Gemm", "Relu", "Mul", "Cast"}.isdisjoint(made), made
    assert {"QLinearConv": 6, "Conv": 1, "QLinearAdd": 5}.items() <= made.items()


def test_without_the_rewrites_additions_stay_in_float(
    quantizers: dict[Target, OnnxQuantizer], tmp_path: Path
) -> None:
    """TensorRT's variant has none of the rewrites."""
    made = optimized(quantizers[Target.TENSORRT].model_bytes(), tmp_path)
    assert {"Add", "Relu"} <= made.keys(), made


def test_layers_stay_in_float_when_asked(quantizers: dict[Target, OnnxQuantizer]) -> None:
    """With their own weights, and outputs nearer to the float model's."""
    quantizer = quantizers[Target.X86]
    whole, most = quantizer.model_bytes(), quantizer.model_bytes(quantizer.layers)
    error = [float(np.abs(run(residual()) - run(model_bytes)).max()) for model_bytes in (whole, most)]
    assert error[1] < error[0]
    assert kinds(most)["DequantizeLinear"] < kinds(whole)["DequantizeLinear"]


def test_a_variant_leaves_the_next_one_as_it_was(quantizers: dict[Target, OnnxQuantizer]) -> None:
    """The search for mixed precision asks for many."""
    quantizer = quantizers[Target.X86]
    before = quantizer.model_bytes()
    quantizer.model_bytes(quantizer.layers[:2])
    assert before == quantizer.model_bytes()
