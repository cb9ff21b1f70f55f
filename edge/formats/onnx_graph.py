"""The graphs of an ONNX file: which nodes there are, and what each takes and gives by name."""

from collections.abc import Sequence
from typing import NamedTuple

from edgebreed.edge.formats.onnx_tensors import last_text, merged, tensor_name
from edgebreed.edge.formats.protobuf import messages

_NODES, _WEIGHTS, _INPUTS, _OUTPUTS, _SPARSE = 1, 5, 11, 12, 15  # of a graph
_FUNCTION_INPUTS, _FUNCTION_OUTPUTS, _FUNCTION_NODES = 4, 5, 7
_TAKES, _GIVES, _KIND, _ATTRIBUTES = 1, 2, 4, 5  # of a node
_NAME, _SUBGRAPH, _SUBGRAPHS = 1, 6, 11  # of an attribute; of a value, its name too
_VALUES = 1  # of a sparse tensor


class Node(NamedTuple):
    """A node.

    Attributes:
        message: the whole of it.
        kind: its operator.
        inputs: names; an empty one stands for none.
        outputs: names.
        attributes: by name.
        subgraphs: the graphs among its attributes.
    """

    message: memoryview
    kind: bytes
    inputs: list[bytes]
    outputs: list[bytes]
    attributes: dict[bytes, memoryview]
    subgraphs: "list[Graph]"


class Graph(NamedTuple):
    """A graph, or the body of a function.

    Attributes:
        inputs: names.
        outputs: names.
        weights: tensors by name.
        sparse: names of sparse weights.
        nodes: in order.
    """

    inputs: list[bytes]
    outputs: list[bytes]
    weights: dict[bytes, memoryview]
    sparse: list[bytes]
    nodes: list[Node]


def read_graph(parts: Sequence[memoryview]) -> Graph:
    """A graph, from all fields of its message that say what it is."""
    graph = messages(merged(parts))
    return Graph(
        [_named(value) for value in graph[_INPUTS]],
        [_named(value) for value in graph[_OUTPUTS]],
        {tensor_name(tensor): tensor for tensor in graph[_WEIGHTS]},
        [tensor_name(merged(messages(tensor)[_VALUES])) for tensor in graph[_SPARSE]],
        [_node(node) for node in graph[_NODES]],
    )


def read_function(message: memoryview) -> Graph:
    """The body of a function."""
    function = messages(message)
    inputs, outputs = (list(map(bytes, function[field])) for field in (_FUNCTION_INPUTS, _FUNCTION_OUTPUTS))
    return Graph(inputs, outputs, {}, [], [_node(node) for node in function[_FUNCTION_NODES]])


def _node(message: memoryview) -> Node:
    node = messages(message)
    inputs, outputs = ([bytes(name) for name in node[field]] for field in (_TAKES, _GIVES))
    attributes, subgraphs = dict[bytes, memoryview](), dict[bytes, list[memoryview]]()
    for attribute in node[_ATTRIBUTES]:
        parts = messages(attribute)
        name, one = last_text(parts[_NAME]), parts[_SUBGRAPH]
        attributes[name], subgraphs[name] = attribute, [*([merged(one)] if one else []), *parts[_SUBGRAPHS]]
    graphs = [read_graph([graph]) for found in subgraphs.values() for graph in found]
    return Node(message, last_text(node[_KIND]), inputs, outputs, attributes, graphs)


def _named(message: memoryview) -> bytes:
    return last_text(messages(message)[_NAME])
