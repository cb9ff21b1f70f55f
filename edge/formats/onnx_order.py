"""Checks that the nodes of an ONNX graph stand in the order in which they compute, as ONNX demands."""

from collections.abc import Iterable

from edgebreed.edge.formats.onnx_graph import Graph
from edgebreed.errors import ModelFileError


def check_order(graph: Graph, functions: Iterable[Graph]) -> None:
    """Refuses nodes that read what nothing has computed yet, or write what is there already.

    So there are no cycles, which an engine may follow for ever.

    Args:
        graph: of the model.
        functions: the bodies of its functions.

    Raises:
        ModelFileError: in the graph, in one within it, or in a function.
    """
    for one in (graph, *functions):
        _check(one, ())


def _check(graph: Graph, outer: tuple[set[bytes], ...]) -> None:
    """Checks a graph that sees the names of those around it."""
    ready = {*graph.inputs, *graph.weights, *graph.sparse, b""}
    scopes = (*outer, ready)
    for node in graph.nodes:
        if not all(_seen(name, scopes) for name in node.inputs):
            raise _wrong()
        for below in node.subgraphs:
            _check(below, scopes)
        written = [name for name in node.outputs if name]
        if ready.intersection(written) or len(set(written)) < len(written):
            raise _wrong()
        ready.update(written)
    if not all(_seen(name, scopes) for name in graph.outputs):
        raise _wrong()


def _seen(name: bytes, scopes: tuple[set[bytes], ...]) -> bool:
    return any(name in scope for scope in scopes)


def _wrong() -> ModelFileError:
    return ModelFileError(
        "nodes of an ONNX file in another order than they compute: export it with `edgebreed export`"
    )
