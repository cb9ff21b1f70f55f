"""Counts the nodes of an ONNX graph as an engine gets them: with functions written out wherever called.

A file of a few kilobytes can stand for billions of nodes: functions that call others twice, thirty deep.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from edgebreed.edge.formats.protobuf import messages
from edgebreed.errors import ModelFileError

MAX_NODES = 20_000
"""With functions written out. Large networks have some 5,000; OpenVINO overflows its stack at 100,000."""
MAX_GRAPHS = 8
"""Graphs within graphs, as branches and loops hold them; two more take OpenVINO twice the time."""
MAX_CALLS = 16
"""Functions within functions."""
_GRAPH, _FUNCTIONS = 7, 25  # of a model
_NODES, _BODY = 1, 7  # nodes of a graph, of a function
FUNCTION_NAME, CALLED_NAME = (10, 1, 13), (7, 4, 8)  # domain, name and overload of a function, of a node
_ATTRIBUTES, _SUBGRAPHS = 5, (6, 11)  # of a node, of an attribute

Name = tuple[bytes, ...]


class Size(NamedTuple):
    """What a list of nodes comes to, with functions written out.

    Attributes:
        nodes: how many.
        graphs: how deep graphs nest.
        calls: how deep functions call each other.
    """

    nodes: int = 0
    graphs: int = 0
    calls: int = 0


def check_nodes(model: Mapping[int, list[memoryview]]) -> None:
    """Refuses a graph of too many nodes, or that nests too deep, with its functions written out.

    Args:
        model: the messages of a ModelProto by the number of their field.

    Raises:
        ModelFileError: with what is allowed.
    """
    functions: dict[Name, list[memoryview]] = defaultdict(list)
    for function in map(messages, model.get(_FUNCTIONS, [])):
        functions[name_of(function, FUNCTION_NAME)] += function[_BODY]
    graphs = map(messages, model.get(_GRAPH, []))
    _NodeCounter(functions).size_of(node for graph in graphs for node in graph[_NODES])


class _NodeCounter:
    """Adds up nodes; the size of a function is found once.

    Args:
        functions: the nodes of each.
    """

    def __init__(self, functions: dict[Name, list[memoryview]]) -> None:
        self._functions, self._known = functions, dict[Name, Size]()

    def size_of(self, nodes: Iterable[memoryview], depth: int = 1, callers: tuple[Name, ...] = ()) -> Size:
        """The size of nodes that lie so many graphs deep in the last of functions that call each other."""
        _check(Size(0, depth, len(callers)))
        total = Size(0, 1, 0)
        for node in nodes:
            for part in self._parts(node, depth, callers):
                total = Size(total.nodes + part.nodes, *map(max, total[1:], part[1:]))
                _check(total)
        return total

    def _parts(self, node: memoryview, depth: int, callers: tuple[Name, ...]) -> Iterator[Size]:
        """The node itself or what the function comes to that it calls, and the graphs in its attributes."""
        parts = messages(node)
        name, graphs = name_of(parts, CALLED_NAME), _subgraphs(parts)
        if name in self._functions:
            if graphs:  # the function may hold them any number of times
                raise ModelFileError("a function that takes a graph is refused: export the model without it")
            yield self._called(name, callers)
        else:
            yield Size(1)
        for graph in graphs:
            size = self.size_of(messages(graph)[_NODES], depth + 1, callers)
            yield size._replace(graphs=size.graphs + 1)

    def _called(self, name: Name, callers: tuple[Name, ...]) -> Size:
        if name in callers:
            raise ModelFileError("a function that calls itself is refused: export the model without it")
        if name not in self._known:
            size = self.size_of(self._functions[name], 1, (*callers, name))
            self._known[name] = size._replace(calls=size.calls + 1)
        return self._known[name]


def _check(size: Size) -> None:
    if size.nodes > MAX_NODES:
        raise ModelFileError(
            f"over {MAX_NODES:,} nodes, with functions written out, are refused: export a smaller graph"
        )
    if size.graphs > MAX_GRAPHS or size.calls > MAX_CALLS:
        raise ModelFileError(
            f"graphs over {MAX_GRAPHS} deep, or functions over {MAX_CALLS} deep, are refused: "
            "export a flatter graph"
        )


def name_of(message: Mapping[int, list[memoryview]], numbers: tuple[int, ...]) -> Name:
    """A name of three texts; of several in a field, the last one counts."""
    domain, *name = (bytes(message[number][-1]) if number in message else b"" for number in numbers)
    return b"" if domain == b"ai.onnx" else domain, *name


def _subgraphs(node: Mapping[int, list[memoryview]]) -> list[memoryview]:
    attributes = [messages(attribute) for attribute in node.get(_ATTRIBUTES, [])]
    return [graph for attribute in attributes for number in _SUBGRAPHS for graph in attribute[number]]
