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
    """

    message: memoryview
    kind: bytes
    inputs: list[bytes]
    outputs: list[bytes]
    attributes: dict[bytes, memoryview]

    @property
    def subgraphs(self) -> list["Graph"]:
        """The graphs among its attributes."""
        found: list[memoryview] = []
        for attribute in map(messages, self.attributes.values()):
            found += [merged(attribute[_SUBGRAPH])] if _SUBGRAPH in attribute else []
            found += attribute[_SUBGRAPHS]
        return [read_graph([graph]) for graph in found]


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
    attributes = {_named(attribute): attribute for attribute in node[_ATTRIBUTES]}
    return Node(message, last_text(node[_KIND]), inputs, outputs, attributes)


def _named(message: memoryview) -> bytes:
    return last_text(messages(message)[_NAME])
