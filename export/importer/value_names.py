"""Gives values of a foreign graph other names, where they have those that edgebreed needs."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from edgebreed.export.graph.index import Model, with_subgraphs


def with_free_names(model: Model, wanted: Collection[str]) -> None:
    """Renames the values that have wanted names, in subgraphs too.

    Args:
        model: changed in place.
        wanted: names that no value may have afterwards.
    """
    graphs = list(with_subgraphs(model.graph))
    taken = {name for graph in graphs for name in _names(graph)}
    new = {name: _unused(f"own_{name}", {*taken, *wanted}) for name in wanted if name in taken}
    for graph in graphs if new else ():
        _rename(graph, new)


def _unused(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _values(graph: Any) -> Iterator[Any]:
    """What has one name: inputs, outputs, constants and descriptions."""
    yield from (*graph.input, *graph.output, *graph.value_info, *graph.initializer)
    yield from (sparse.values for sparse in graph.sparse_initializer)


def _names(graph: Any) -> Iterator[str]:
    yield from (value.name for value in _values(graph))
    for node in graph.node:
        yield from (*node.input, *node.output)


def _rename(graph: Any, new: Mapping[str, str]) -> None:
    for value in _values(graph):
        value.name = new.get(value.name, value.name)
    for node in graph.node:
        node.input[:] = [new.get(name, name) for name in node.input]
        node.output[:] = [new.get(name, name) for name in node.output]
