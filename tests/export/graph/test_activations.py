"""One integer type for activations."""

import numpy as np
import pytest

from edgebreed.export.graph.activations import make_symmetric, unify_activations
from edgebreed.export.graph.index import Index, Model
from edgebreed.export.onnx_setup import onnx

from .models import kinds, model, node, quantized_pair, run


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


def zeros(made: Model) -> set[tuple[str, int]]:
    """Type and value of every quantizer's zero point."""
    index = Index(made)
    found = [index.constant(item.input[2]) for item in made.graph.node if item.op_type == "QuantizeLinear"]
    return {(values.dtype.name, values.item()) for values in found if values is not None}


@pytest.mark.parametrize(
    ("signed", "expected"),
    [(False, {("uint8", 108), ("uint8", 80)}), (True, {("int8", -20), ("int8", -48)})],
)
def test_zero_points_move_and_values_stay(signed: bool, expected: set[tuple[str, int]]) -> None:
    """Only those of the other type are changed."""
    made = mixed()
    before = run(made)
    assert 1 == unify_activations(made, signed)
    assert expected == zeros(made)
    del made.graph.value_info[:]
    np.testing.assert_array_equal(before, run(made))


def test_symmetric_activations_have_zero_point_0_and_hold_the_range() -> None:
    """Steps are coarser, by half at most, so that values move by a step at most."""
    made = mixed()
    before = run(made)
    assert 2 == make_symmetric(made)
    assert {("int8", 0)} == zeros(made)
    np.testing.assert_allclose(before, run(made), atol=1.8)
    assert 2 == kinds(made)["DequantizeLinear"]
