"""Rewrites of quantized graphs."""

from pathlib import Path

import numpy as np
import pytest

from edgebreed.export.graph.index import GraphIndex, Model, clean_up, onnx
from edgebreed.export.graph.qdq import (
    duplicate_shared_additions,
    make_symmetric,
    quantize_pixels_exactly,
    remove_redundant_relus,
    unify_activation_types,
)

from .models import IMAGES, kinds, model, node, optimized, quantized_pair, run


def mixed() -> Model:
    """Pixels less 100, through a signed and then through an unsigned quantizer."""
    first, signed = quantized_pair(1.0, -20, np.int8, "moved")
    second, unsigned = quantized_pair(1.25, 80, np.uint8, "moved_dq")
    nodes = [
        node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT),
        node("Sub", ["float", "hundred"], ["moved"], "sub"),
        *first,
        *second,
        node("ReduceMean", ["moved_dq_dq"], ["probabilities"], "mean", axes=[1, 2], keepdims=0),
    ]
    return model(nodes, {"hundred": np.asarray(100, np.float32), **signed, **unsigned})


def zero_points(made: Model) -> set[tuple[str, int]]:
    """Type and value of every quantizer's zero point."""
    index = GraphIndex(made)
    found = [index.constant(item.input[2]) for item in made.graph.node if item.op_type == "QuantizeLinear"]
    return {(values.dtype.name, values.item()) for values in found if values is not None}


@pytest.mark.parametrize(
    ("signed", "expected"),
    [(False, {("uint8", 108), ("uint8", 80)}), (True, {("int8", -20), ("int8", -48)})],
)
def test_zero_points_move_and_values_stay(signed: bool, expected: set[tuple[str, int]]) -> None:
    """Only quantizers of the other type are changed."""
    made = mixed()
    before = run(made)
    assert 1 == unify_activation_types(made, signed)
    assert expected == zero_points(made)
    del made.graph.value_info[:]
    np.testing.assert_array_equal(before, run(made))


def test_symmetric_activations_have_zero_point_0_and_cover_the_range() -> None:
    """Steps are coarser, by half at most, so that values move by a step at most."""
    made = mixed()
    before = run(made)
    assert 2 == make_symmetric(made)
    assert {("int8", 0)} == zero_points(made)
    np.testing.assert_allclose(before, run(made), atol=1.8)
    assert 2 == kinds(made)["DequantizeLinear"]


def quantized_image(scale: float, zero: int, kind: type[np.generic]) -> Model:
    """A quantizer of the image's pixels, and their mean."""
    pair, constants = quantized_pair(scale, zero, kind, "float")
    nodes = [
        node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT),
        *pair,
        node("ReduceMean", ["float_dq"], ["probabilities"], "mean", axes=[1, 2], keepdims=0),
    ]
    return model(nodes, constants)


@pytest.mark.parametrize(("zero", "kind", "steps"), [(0, np.uint8, 1), (-128, np.int8, 2)])
def test_pixels_are_quantized_without_loss(zero: int, kind: type[np.generic], steps: int) -> None:
    """A calibrated range would clip the lightest pixels; unsigned bytes need no quantizer at all."""
    made = quantized_image(0.9, zero, kind)
    exact = IMAGES.mean(axis=(1, 2))
    assert np.abs(exact - run(made)).max() > 1
    assert quantize_pixels_exactly(made)
    np.testing.assert_allclose(exact, run(made), rtol=1e-6)
    clean_up(made)
    assert steps == kinds(made)["QuantizeLinear"] + kinds(made)["DequantizeLinear"]


@pytest.mark.parametrize(("scale", "zero"), [(0.1, 0), (1.0, 7), (2.0, 0)])
def test_a_quantizer_of_scaled_pixels_stays(scale: float, zero: int) -> None:
    """Its range is not 0 to 255."""
    assert not quantize_pixels_exactly(quantized_image(scale, zero, np.uint8))


def clipped(zero: int, kind: type[np.generic]) -> Model:
    """Pixels less 100, a Relu, a quantizer."""
    pair, constants = quantized_pair(1.0, zero, kind, "positive")
    nodes = [
        node("Cast", ["image"], ["float"], "cast", to=onnx.TensorProto.FLOAT),
        node("Sub", ["float", "hundred"], ["moved"], "sub"),
        node("Relu", ["moved"], ["positive"], "relu"),
        *pair,
        node("ReduceMean", ["positive_dq"], ["probabilities"], "mean", axes=[1, 2], keepdims=0),
    ]
    return model(nodes, {"hundred": np.asarray(100, np.float32), **constants})


@pytest.mark.parametrize(
    ("zero", "kind", "removed"), [(0, np.uint8, 1), (-128, np.int8, 1), (3, np.uint8, 0), (0, np.int8, 0)]
)
def test_a_relu_is_removed_where_the_quantizer_clips_at_0(
    zero: int, kind: type[np.generic], removed: int
) -> None:
    """And nowhere else; the outputs are the same."""
    made = clipped(zero, kind)
    before = run(made)
    assert removed == remove_redundant_relus(made)
    assert 1 - removed == kinds(made)["Relu"]
    np.testing.assert_array_equal(before, run(made))


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
    """ONNX Runtime makes none of a shared addition, two of the copies; outputs differ by a step at most."""
    made = shared()
    before = run(made)
    assert 0 == optimized(made, tmp_path)["QLinearAdd"]
    assert 1 == duplicate_shared_additions(made)
    assert 3 == kinds(made)["Add"]
    assert 2 == optimized(made, tmp_path)["QLinearAdd"]
    np.testing.assert_allclose(before, run(made), atol=0.5)


def test_an_addition_with_one_consumer_stays() -> None:
    """A second pass finds nothing to copy."""
    made = shared()
    duplicate_shared_additions(made)
    assert 0 == duplicate_shared_additions(made)
