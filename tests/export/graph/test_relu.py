"""Relus that a quantizer makes needless."""

import numpy as np
import pytest

from edgebreed.export.graph.index import Model
from edgebreed.export.graph.relu import drop_relus
from edgebreed.export.onnx_setup import onnx

from .models import kinds, model, node, quantized_pair, run


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
    ("zero", "kind", "dropped"), [(0, np.uint8, 1), (-128, np.int8, 1), (3, np.uint8, 0), (0, np.int8, 0)]
)
def test_it_goes_where_the_lowest_byte_is_0(zero: int, kind: type[np.generic], dropped: int) -> None:
    """And nowhere else; the answers are the same."""
    made = clipped(zero, kind)
    before = run(made)
    assert dropped == drop_relus(made)
    assert 1 - dropped == kinds(made)["Relu"]
    np.testing.assert_array_equal(before, run(made))
