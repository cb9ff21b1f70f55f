"""Graphs of other programs, in the form that the quantizers expect."""

import numpy as np
import pytest

from edgebreed.errors import ModelFileError
from edgebreed.export.graph.index import onnx
from edgebreed.export.graph.simplify import opset_of, simplified

from .models import foreign, kinds, quantized_pair, residual, run


@pytest.mark.parametrize(("opset", "least", "made"), [(9, 13, 13), (11, 0, 11), (13, 13, 13), (17, 13, 17)])
def test_outputs_stay_and_the_graph_becomes_plain(opset: int, least: int, made: int) -> None:
    """Normalization and constants are folded, and the operators are new enough."""
    model = foreign(opset)
    plain = simplified(model, least)
    np.testing.assert_allclose(run(model), run(plain), atol=1e-6)
    assert {"Constant", "BatchNormalization", "Identity", "Dropout"}.isdisjoint(kinds(plain))
    assert (made, {""}) == (opset_of(plain), {entry.domain for entry in plain.opset_import})


def test_each_node_has_a_name_of_its_own() -> None:
    """Layers are restored to float by it."""
    names = [one.name for one in simplified(foreign(17), 13).graph.node]
    assert ("", len(names)) == ("" if all(names) else "a node has none", len(set(names)))


def test_an_exported_graph_keeps_its_operators() -> None:
    """There is nothing to fold in it; a product and a sum become the one operator that computes both."""
    model = residual()
    plain = simplified(model, 13)
    np.testing.assert_allclose(run(model), run(plain), atol=1e-6)
    assert kinds(model)["Conv"] == kinds(plain)["Conv"]


def test_a_graph_on_integers_is_refused() -> None:
    """What was lost is not found again by another quantization."""
    model = residual()
    nodes, constants = quantized_pair(0.1, 0, np.uint8, "x0")
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(onnx.numpy_helper.from_array(v, k) for k, v in constants.items())
    with pytest.raises(ModelFileError, match=r"quantized already \(DequantizeLinear\): give its float"):
        simplified(model, 13)


def test_operators_without_a_newer_version_are_named() -> None:
    """With what to do."""
    model = foreign(9)
    model.graph.node[2].op_type = "TheirOwn"
    with pytest.raises(ModelFileError, match=r"opset 9 cannot be raised to 13, .* opset 13 or later"):
        simplified(model, 13)
