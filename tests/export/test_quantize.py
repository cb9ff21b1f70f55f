"""int8 in ONNX: number types by target, and what ONNX Runtime makes of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.manifest import Target
from edgebreed.edge.processor import processor_target
from edgebreed.export.graph.index import Index, attribute
from edgebreed.export.graph.rescaling import fold_rescaling
from edgebreed.export.graph.slim import slim
from edgebreed.export.onnx_setup import onnx
from edgebreed.export.quantize import OnnxQuantizer
from edgebreed.export.recipe import NUMBER_TYPES

from .graph.models import PHOTOS, kinds, optimized, residual, run


@pytest.fixture(scope="module")
def quantizers() -> dict[Target, OnnxQuantizer]:
    """The small residual network, calibrated for each target."""
    made = {}
    for target, types in NUMBER_TYPES.items():
        plain = residual()
        if types.fuse:
            fold_rescaling(plain)
            slim(plain)
        made[target] = OnnxQuantizer(plain, PHOTOS, types)
    return made


def zero_points(body: bytes) -> list[Any]:
    """Those of all activations: a quantizer of an activation stands in the graph, a weight's does not."""
    model = onnx.load_from_string(body)
    index = Index(model)
    quantizers = [node for node in model.graph.node if node.op_type == "QuantizeLinear"]
    return [index.constant(node.input[2]) for node in quantizers]


@pytest.mark.parametrize("target", list(Target))
def test_answers_stay_near(quantizers: dict[Target, OnnxQuantizer], target: Target) -> None:
    """Whatever the target."""
    assert np.abs(run(residual()) - run(quantizers[target].body())).max() < 0.05


@pytest.mark.parametrize("target", list(Target))
def test_activations_are_of_the_targets_type(quantizers: dict[Target, OnnxQuantizer], target: Target) -> None:
    """Signed where the target wants it, and about 0 where it wants symmetry."""
    types = NUMBER_TYPES[target]
    points = zero_points(quantizers[target].body())
    assert {np.dtype(np.int8 if types.signed else np.uint8)} == {point.dtype for point in points}
    assert types.symmetric is not any(point.any() for point in points)


@pytest.mark.parametrize("target", list(Target))
def test_weights_have_a_scale_a_channel_and_the_targets_range(
    quantizers: dict[Target, OnnxQuantizer], target: Target
) -> None:
    """7 bits where sums of 16 bits would overflow; a depthwise kernel widens each product first."""
    model = onnx.load_from_string(quantizers[target].body())
    index = Index(model)
    convolutions = [node for node in model.graph.node if "Conv" == node.op_type]
    assert 7 == len(convolutions)
    largest = 0
    for node in convolutions:
        dequantizer = index.maker(node.input[1], "DequantizeLinear")
        assert dequantizer is not None
        values, scale = (index.constant(name) for name in dequantizer.input[:2])
        assert values is not None
        assert scale is not None
        assert ("int8", (8,)) == (str(values.dtype), scale.shape)
        if 1 == attribute(node, "group", 1):
            largest = max(largest, int(np.abs(values.astype(int)).max()))
    assert (largest <= 64) is NUMBER_TYPES[target].reduce_range


@pytest.mark.skipif(processor_target() is Target.ARM, reason="targets are made for x86")
@pytest.mark.parametrize("target", [Target.X86, Target.X86_VNNI])
def test_onnx_runtime_computes_in_integers(
    quantizers: dict[Target, OnnxQuantizer], target: Target, tmp_path: Path
) -> None:
    """All but the first convolution, whose output has two ranges, as no convolution's of Xception has."""
    made = optimized(quantizers[target].body(), tmp_path)
    assert {"Add", "MatMul", "Gemm", "Relu", "Mul", "Cast"}.isdisjoint(made), made
    assert {"QLinearConv": 6, "Conv": 1, "QLinearAdd": 5}.items() <= made.items()


def test_without_the_rewrites_additions_stay_in_float(
    quantizers: dict[Target, OnnxQuantizer], tmp_path: Path
) -> None:
    """What they are for: TensorRT's flavour goes without them."""
    made = optimized(quantizers[Target.TENSORRT].body(), tmp_path)
    assert {"Add", "Relu"} <= made.keys(), made


def test_layers_stay_in_float_when_asked(quantizers: dict[Target, OnnxQuantizer]) -> None:
    """With their own weights, and more of the float model's answers."""
    quantizer = quantizers[Target.X86]
    whole, most = quantizer.body(), quantizer.body(quantizer.layers)
    error = [float(np.abs(run(residual()) - run(body)).max()) for body in (whole, most)]
    assert error[1] < error[0]
    assert kinds(most)["DequantizeLinear"] < kinds(whole)["DequantizeLinear"]


def test_one_body_leaves_the_next_as_it_was(quantizers: dict[Target, OnnxQuantizer]) -> None:
    """Accuracy control asks for many."""
    quantizer = quantizers[Target.X86]
    before = quantizer.body()
    quantizer.body(quantizer.layers[:2])
    assert before == quantizer.body()
