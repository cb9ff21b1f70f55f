"""The photo's bytes as they are."""

import numpy as np
import pytest

from edgebreed.export.graph.byte_input import take_bytes
from edgebreed.export.graph.index import Model
from edgebreed.export.graph.slim import slim
from edgebreed.export.onnx_setup import onnx

from .models import PHOTOS, kinds, model, node, quantized_pair, run


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
def test_a_step_a_grey_level_loses_nothing(zero: int, kind: type[np.generic], steps: int) -> None:
    """A range that photos happened to have clips the lightest pixels; unsigned bytes need no cast."""
    made = quantized_image(0.9, zero, kind)
    exact = PHOTOS.mean(axis=(1, 2))
    assert np.abs(exact - run(made)).max() > 1
    assert take_bytes(made)
    np.testing.assert_allclose(exact, run(made), rtol=1e-6)
    slim(made)
    assert steps == kinds(made)["QuantizeLinear"] + kinds(made)["DequantizeLinear"]


@pytest.mark.parametrize(("scale", "zero"), [(0.1, 0), (1.0, 7), (2.0, 0)])
def test_a_quantizer_of_something_else_stays(scale: float, zero: int) -> None:
    """Its range is not that of pixels."""
    assert not take_bytes(quantized_image(scale, zero, np.uint8))
