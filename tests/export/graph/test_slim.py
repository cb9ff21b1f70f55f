"""Leaving out what does nothing."""

import numpy as np

from edgebreed.export.graph.index import Index, set_constant
from edgebreed.export.graph.slim import slim
from edgebreed.export.onnx_setup import onnx

from .models import node, residual, run


def test_unused_nodes_and_constants_go_and_the_answers_stay() -> None:
    """A chain that ends nowhere goes whole."""
    model = residual()
    before = run(model)
    set_constant(model, "unused", np.zeros(3, np.float32))
    model.graph.node.extend([node("Relu", ["x0"], ["dead"]), node("Neg", ["dead"], ["end"])])
    slim(model)
    assert {"dead", "end"}.isdisjoint(Index(model).makers)
    assert "unused" not in Index(model).initializers
    np.testing.assert_array_equal(before, run(model))


def test_equal_constants_are_kept_once() -> None:
    """But bytes, which ONNX Runtime wants apart."""
    model = residual()
    for name in ("d1", "d2", "d3"):
        set_constant(model, name, np.ones((8, 1, 3, 3), np.float32))
    for name in ("z1_zero", "z2_zero"):
        set_constant(model, name, np.zeros((), np.int8))
        model.graph.node.insert(0, node("DequantizeLinear", [name, "scale", name], [f"{name}_dq"]))
        model.graph.output.append(onnx.ValueInfoProto(name=f"{name}_dq"))
    slim(model)
    assert {"d1"} == {name for name in Index(model).initializers if name in {"d1", "d2", "d3"}}
    assert {"z1_zero", "z2_zero"} <= set(Index(model).initializers)


def test_shapes_are_inferred_for_every_value() -> None:
    """With the batch's name in them."""
    model = residual()
    slim(model)
    shapes = {value.name: value.type.tensor_type.shape.dim for value in model.graph.value_info}
    assert set(Index(model).makers) - {"probabilities"} == set(shapes)
    assert ("batch", 8, 6, 6) == (shapes["x0"][0].dim_param, *(dim.dim_value for dim in shapes["x0"][1:]))
