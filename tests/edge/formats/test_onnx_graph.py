"""The graphs of an ONNX file by name."""

from onnx import NodeProto, helper, load_from_string

from edgebreed.edge.formats.onnx_graph import read_function, read_graph

from ...conftest import colour_model
from ..engines.hanging_models import of_colours


def test_a_graph_is_read_by_name() -> None:
    """Its inputs, weights, nodes and outputs; one in parts is joined."""
    data = load_from_string(colour_model()).graph.SerializeToString()
    graph = read_graph([memoryview(data)])
    assert ([b"image"], [b"probabilities"], [b"gain"]) == (graph.inputs, graph.outputs, list(graph.weights))
    assert [b"Cast", b"ReduceMean", b"Mul", b"Softmax"] == [node.kind for node in graph.nodes]
    assert [[b"mean", b"gain"], [b"logits"]] == [graph.nodes[2].inputs, graph.nodes[2].outputs]
    assert 8 == len(read_graph([memoryview(data), memoryview(data)]).nodes)


def test_a_nodes_subgraphs_are_read() -> None:
    """Each among its attributes."""
    below = helper.make_graph([NodeProto(op_type="Neg")], "below", [], [])
    model = of_colours([helper.make_node("If", ["c"], ["logits"], then_branch=below, else_branch=below)])
    node = read_graph([memoryview(load_from_string(model).graph.SerializeToString())]).nodes[2]
    assert [b"Neg", b"Neg"] == [graph.nodes[0].kind for graph in node.subgraphs]


def test_a_function_is_read() -> None:
    """As a graph without weights."""
    made = helper.make_function("own", "f", ["x"], ["y"], [helper.make_node("Neg", ["x"], ["y"])], [])
    body = read_function(memoryview(made.SerializeToString()))
    assert ([b"x"], [b"y"], [b"Neg"]) == (body.inputs, body.outputs, [node.kind for node in body.nodes])
