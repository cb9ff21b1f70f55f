"""The graph index, edits and the clean-up."""

import numpy as np
import pytest

from edgebreed.export.graph.index import GraphIndex, attribute, clean_up, onnx, set_constant

from ...conftest import fresh_python
from .models import node, residual, run


def test_producers_consumers_and_constants_are_found() -> None:
    """By the name of the value."""
    index = GraphIndex(residual())
    assert "conv0" == index.producers["x0"].name
    assert ["relu1", "sum1"] == [node.name for node in index.consumers["x0"]]
    assert index.only_consumer("x0") is None
    assert "point1" == getattr(index.only_consumer("y1"), "name", None)
    assert index.constant("x0") is None
    assert 8 == attribute(index.producers["y1"], "group", 1)
    assert 1 == attribute(index.producers["x0"], "group", 1)


def test_a_constant_is_added_or_replaced() -> None:
    """By its name."""
    model = residual()
    for values in (np.zeros(3, np.float32), np.ones(2, np.float32)):
        set_constant(model, "new", values)
        np.testing.assert_array_equal(values, GraphIndex(model).constant("new"))
    assert 1 == sum(tensor.name == "new" for tensor in model.graph.initializer)


def test_a_scalar_constant_stays_a_scalar() -> None:
    """ONNX Runtime adds in integers only where scale and zero point have no dimensions."""
    model = residual()
    set_constant(model, "new", np.asarray(0.5, np.float32))
    assert () == getattr(GraphIndex(model).constant("new"), "shape", None)


def test_unused_nodes_and_constants_are_removed() -> None:
    """A chain whose result nobody reads is removed as a whole; the outputs stay the same."""
    model = residual()
    before = run(model)
    set_constant(model, "unused", np.zeros(3, np.float32))
    model.graph.node.extend([node("Relu", ["x0"], ["dead"]), node("Neg", ["dead"], ["end"])])
    clean_up(model)
    assert {"dead", "end"}.isdisjoint(GraphIndex(model).producers)
    assert "unused" not in GraphIndex(model).initializers
    np.testing.assert_array_equal(before, run(model))


def test_what_a_branch_reads_stays() -> None:
    """Values and constants that nodes of subgraphs alone read."""
    model = residual()
    set_constant(model, "yes", np.array(True))
    set_constant(model, "two", np.full((), 2, np.float32))
    value = onnx.helper.make_tensor_value_info("product", onnx.TensorProto.FLOAT, None)
    branch = onnx.helper.make_graph([node("Mul", ["negative", "two"], ["product"])], "branch", [], [value])
    chosen = onnx.helper.make_node("If", ["yes"], ["chosen"], then_branch=branch, else_branch=branch)
    model.graph.node.extend([node("Neg", ["x0"], ["negative"]), chosen])
    model.graph.output.append(onnx.ValueInfoProto(name="chosen"))
    clean_up(model)
    assert {"negative", "chosen"} <= set(GraphIndex(model).producers)
    assert "two" in GraphIndex(model).initializers


def test_equal_constants_are_merged() -> None:
    """Except those of one byte a number, which ONNX Runtime refuses to share."""
    model = residual()
    for name in ("d1", "d2", "d3"):
        set_constant(model, name, np.ones((8, 1, 3, 3), np.float32))
    for name in ("z1_zero", "z2_zero"):
        set_constant(model, name, np.zeros((), np.int8))
        model.graph.node.insert(0, node("DequantizeLinear", [name, "scale", name], [f"{name}_dq"]))
        model.graph.output.append(onnx.ValueInfoProto(name=f"{name}_dq"))
    clean_up(model)
    assert {"d1"} == {name for name in GraphIndex(model).initializers if name in {"d1", "d2", "d3"}}
    assert {"z1_zero", "z2_zero"} <= set(GraphIndex(model).initializers)


def test_shapes_are_inferred_for_every_value() -> None:
    """With the name of the batch dimension."""
    model = residual()
    clean_up(model)
    shapes = {value.name: value.type.tensor_type.shape.dim for value in model.graph.value_info}
    assert set(GraphIndex(model).producers) - {"probabilities"} == set(shapes)
    assert ("batch", 8, 6, 6) == (shapes["x0"][0].dim_param, *(dim.dim_value for dim in shapes["x0"][1:]))


@pytest.mark.slow
def test_the_exporter_leaves_tensorflow_to_the_module_that_silences_it() -> None:
    """Imported any earlier, by tf2onnx for instance, TensorFlow logs its start on standard error."""
    code = "import sys, edgebreed.export.exporter; print('tensorflow' in sys.modules)"
    assert "False" == fresh_python(code).strip()
