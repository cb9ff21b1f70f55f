"""Additions that two quantizers take."""

from pathlib import Path

import numpy as np

from edgebreed.export.graph.index import Model
from edgebreed.export.graph.residual import split_additions
from edgebreed.export.onnx_setup import onnx

from .models import kinds, model, node, optimized, quantized_pair, run


def shared() -> Model:
    """Pixels, halved and less 40, added; the sum is quantized with two ranges and added again."""
    nodes = [node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT)]
    constants = {"half": np.asarray(0.5, np.float32), "forty": np.asarray(40, np.float32)}
    nodes += [node("Mul", ["float", "half"], ["a"], "half"), node("Sub", ["float", "forty"], ["b"], "less")]
    for name, scale, zero in (("a", 0.5, 0), ("b", 1.0, 40)):
        pair, parameters = quantized_pair(scale, zero, np.uint8, name)
        nodes, constants = [*nodes, *pair], {**constants, **parameters}
    nodes += [
        node("Add", ["a_dq", "b_dq"], ["sum"], "sum"),
        node("Identity", ["sum"], ["wide"], "i1"),
        node("Identity", ["sum"], ["narrow"], "i2"),
    ]
    for name, scale, zero in (("wide", 1.5, 30), ("narrow", 1.0, 0)):
        pair, parameters = quantized_pair(scale, zero, np.uint8, name)
        nodes, constants = [*nodes, *pair], {**constants, **parameters}
    nodes += [
        node("Add", ["wide_dq", "narrow_dq"], ["both"], "both"),
        node("ReduceMean", ["both"], ["probabilities"], "mean", axes=[1, 2], keepdims=0),
    ]
    nodes = [item for item in nodes if item.op_type != "Identity"]
    for item in nodes:
        item.input[:] = ["sum" if name in {"wide", "narrow"} else name for name in item.input]
    return model(nodes, constants)


def test_each_quantizer_gets_an_integer_addition(tmp_path: Path) -> None:
    """ONNX Runtime makes none of the shared one, two of the split one; the answers stay within a step."""
    made = shared()
    before = run(made)
    assert 0 == optimized(made, tmp_path)["QLinearAdd"]
    assert 1 == split_additions(made)
    assert 3 == kinds(made)["Add"]
    assert 2 == optimized(made, tmp_path)["QLinearAdd"]
    np.testing.assert_allclose(before, run(made), atol=0.5)


def test_an_addition_with_one_taker_stays() -> None:
    """A second pass finds nothing."""
    made = shared()
    split_additions(made)
    assert 0 == split_additions(made)
