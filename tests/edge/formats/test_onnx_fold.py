"""Small constants computed as ONNX Runtime computes them."""

from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import NodeProto, helper, load_from_string, numpy_helper

from edgebreed.edge.formats.onnx_fold import MOST_FOLDED, constant, folded
from edgebreed.edge.formats.onnx_graph import Node, read_graph

from ..engines.hanging_models import of_colours

node = helper.make_node


def read(made: NodeProto) -> Node:
    """A node of the onnx package as the checks read it."""
    graph = load_from_string(of_colours([made])).graph
    return read_graph([memoryview(graph.SerializeToString())]).nodes[2]


TABLE = np.arange(6).reshape(2, 3)
NODES: list[tuple[NodeProto, list[Any]]] = [
    (node("Add", ["a", "b"], ["y"]), [TABLE, [10, 20, 30]]),
    (node("Cast", ["a"], ["y"], to=7), [[1.9, -1.9]]),
    (node("Concat", ["a", "b"], ["y"], axis=1), [TABLE, TABLE]),
    (node("ConstantOfShape", ["a"], ["y"], value=helper.make_tensor("v", 7, [1], [5])), [[2, 2]]),
    (node("Div", ["a", "b"], ["y"]), [[7, -7], [2, 2]]),
    (node("Expand", ["a", "b"], ["y"]), [[1, 2, 3], [2, 1]]),
    (node("Gather", ["a", "b"], ["y"], axis=1), [TABLE, [2, -1]]),
    (node("Identity", ["a"], ["y"]), [TABLE]),
    (node("Range", ["a", "b", "c"], ["y"]), [3, 9, 2]),
    (node("Reshape", ["a", "b"], ["y"]), [TABLE, [0, -1, 1]]),
    (node("Slice", ["a", "b", "c", "d", "e"], ["y"]), [TABLE, [-1], [-(2**63) + 1], [1], [-2]]),
    (node("Slice", ["a", "b", "c"], ["y"]), [TABLE, [0, 1], [1, 2**62]]),
    (node("Squeeze", ["a", "b"], ["y"]), [TABLE[None], [0]]),
    (node("Tile", ["a", "b"], ["y"]), [TABLE, [2, 1]]),
    (node("Transpose", ["a"], ["y"], perm=[1, 0]), [TABLE]),
    (node("Unsqueeze", ["a", "b"], ["y"]), [TABLE, [0, 3]]),
    (node("Where", ["a", "b", "c"], ["y"]), [[True, False], [1, 2], [3, 4]]),
]


@pytest.mark.parametrize(("made", "inputs"), NODES, ids=[made.op_type for made, _ in NODES])
def test_a_node_gives_what_onnx_runtime_computes(made: NodeProto, inputs: list[Any]) -> None:
    """Of constants as exporters chain them."""
    arrays = [np.asarray(values) for values in inputs]
    tensors = [numpy_helper.from_array(array, name) for array, name in zip(arrays, made.input, strict=True)]
    outputs = [helper.make_tensor_value_info("y", 7, None)]
    graph = helper.make_graph([made], "g", [], outputs, tensors)
    data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    expected = onnxruntime.InferenceSession(data.SerializeToString()).run(None, {})[0]
    np.testing.assert_array_equal(expected, folded(read(made), arrays))


@pytest.mark.parametrize(
    ("made", "inputs"),
    [
        (node("Sin", ["a"], ["y"]), [np.ones(1)]),
        (node("Reshape", ["a", "b"], ["y"]), [np.ones(5), np.array([2, 2])]),
        (node("Add", ["a", "b"], ["y"]), [np.ones(1), None]),
        (node("Identity", ["a"], ["y"]), [np.ones(MOST_FOLDED + 1)]),
    ],
)
def test_what_is_not_followed_has_no_values(made: NodeProto, inputs: list[Any]) -> None:
    """Another operator, wrong inputs, or many numbers."""
    assert None is folded(read(made), inputs)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"value": helper.make_tensor("v", 7, [2], [1, 2])}, [1, 2]),
        ({"value_int": 7}, 7),
        ({"value_ints": [3, 4]}, [3, 4]),
        ({"value_float": 0.5}, 0.5),
        ({"value_floats": [0.5, 2.0]}, [0.5, 2.0]),
    ],
)
def test_a_constant_is_read_in_each_of_its_forms(attributes: dict[str, Any], expected: Any) -> None:
    """By the attribute that it has."""
    np.testing.assert_array_equal(expected, constant(read(node("Constant", [], ["y"], **attributes))))
