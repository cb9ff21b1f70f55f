"""How many nodes a graph has once its functions are written out."""

from typing import Any

import pytest
from onnx import FunctionProto, TensorProto, helper

from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.edge.formats.onnx_nodes import MAX_CALLS, MAX_GRAPHS, MAX_NODES
from edgebreed.errors import ModelFileError

from ..engines.hanging_models import of_colours

FLOAT = TensorProto.FLOAT
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def chain(operators: list[tuple[str, str]], first: str, last: str) -> list[Any]:
    """Nodes one after another, each by its domain and operator."""
    names = [first, *(f"{last}_{i}" for i in range(len(operators) - 1)), last]
    return [
        helper.make_node(kind, [before], [after], domain=domain)
        for (domain, kind), before, after in zip(operators, names, names[1:], strict=False)
    ]


def function(name: str, operators: list[tuple[str, str]], domain: str = "own") -> FunctionProto:
    """A function of nodes one after another."""
    return helper.make_function(domain, name, ["x"], ["y"], chain(operators, "x", "y"), OPSETS)


def calling(functions: list[FunctionProto], called: str, domain: str = "own") -> bytes:
    """A model that calls a function once; without it, it has three nodes."""
    nodes = chain([(domain, called)], "mean", "logits")
    return of_colours(nodes, functions=functions, opset_imports=OPSETS)


def nested(depth: int, calls: int) -> bytes:
    """Functions that call the next one so many times, so deep; the last one has a node for each call."""
    kinds = [("own", f"f{i}") for i in range(1, depth)] + [("", "Neg")]
    return calling([function(f"f{i}", [kind] * calls) for i, kind in enumerate(kinds)], "f0")


def branches(depth: int, leaf: tuple[str, str] = ("", "Neg")) -> Any:
    """A node with graphs within graphs, so deep with the graph that it stands in."""
    (node,) = chain([leaf], "mean", "logits")
    for _ in range(depth - 1):
        graph = helper.make_graph([node], "branch", [], [])
        node = helper.make_node("If", ["mean"], ["logits"], then_branch=graph)
    return node


@pytest.mark.slow
@pytest.mark.parametrize(
    "functions",
    [
        [function("f", [("", "Neg")] * 100), function("g", [("own", "f")] * 201)],
        [function("g", [("", "Neg")] * 5000), function("g", [("", "Neg")] * 15_001)],
    ],
    ids=["called often", "two of one name"],
)
def test_functions_are_counted_wherever_called(functions: list[FunctionProto]) -> None:
    """A few kilobytes stand for any number of nodes."""
    with pytest.raises(ModelFileError, match=f"^over {MAX_NODES:,} nodes, .* are refused: export a smaller"):
        check_onnx(calling(functions, "g"))


def test_thirty_functions_of_two_calls_are_refused_at_once() -> None:
    """ONNX Runtime would write out a billion nodes."""
    with pytest.raises(ModelFileError, match=f"functions over {MAX_CALLS} deep, are refused: export"):
        check_onnx(nested(30, 2))
    with pytest.raises(ModelFileError, match=f"over {MAX_NODES:,} nodes"):
        check_onnx(nested(MAX_CALLS, 2))


@pytest.mark.slow
def test_graphs_of_ordinary_size_pass() -> None:
    """Up to the bounds."""
    check_onnx(nested(10, 2))
    check_onnx(nested(MAX_CALLS, 1))
    check_onnx(of_colours([branches(MAX_GRAPHS)]))
    check_onnx(of_colours(chain([("", "Neg")] * (MAX_NODES - 3), "mean", "logits")))


@pytest.mark.slow
def test_nodes_are_counted_wherever_they_lie() -> None:
    """In the graph, and in graphs within it, also of functions."""
    with pytest.raises(ModelFileError, match=f"over {MAX_NODES:,} nodes"):
        check_onnx(of_colours(chain([("", "Neg")] * (MAX_NODES - 2), "mean", "logits")))
    half = helper.make_graph(chain([("", "Neg")] * (MAX_NODES // 2), "x", "y"), "half", [], [])
    branch = helper.make_node("If", ["x"], ["y"], then_branch=half, else_branch=half)
    for model in (
        of_colours([branch]),
        calling([helper.make_function("own", "f", ["x"], ["y"], [branch], OPSETS)], "f"),
    ):
        with pytest.raises(ModelFileError, match=f"over {MAX_NODES:,} nodes"):
            check_onnx(model)


def test_graphs_that_nest_too_deep_are_refused() -> None:
    """Each two more take an engine twice the time; a function's own count too."""
    body = helper.make_function("own", "f", ["mean"], ["logits"], [branches(MAX_GRAPHS)], OPSETS)
    for model in (
        of_colours([branches(MAX_GRAPHS + 1)]),
        of_colours([branches(2, ("own", "f"))], functions=[body], opset_imports=OPSETS),
    ):
        with pytest.raises(ModelFileError, match=f"^graphs over {MAX_GRAPHS} deep, .*: export a flatter"):
            check_onnx(model)


@pytest.mark.parametrize("domain", ["own", "", "ai.onnx"])
def test_a_function_that_calls_itself_is_refused(domain: str) -> None:
    """Directly or through another, whatever its domain is called."""
    for functions in (
        [function("f", [(domain, "f")], domain)],
        [function("f", [(domain, "g")], domain), function("g", [(domain, "f")], domain)],
    ):
        with pytest.raises(ModelFileError, match="a function that calls itself is refused: export the model"):
            check_onnx(calling(functions, "f", domain="" if domain == "ai.onnx" else domain))


def test_a_function_that_takes_a_graph_is_refused() -> None:
    """It may hold the graph any number of times, in each of its own calls again."""
    graph = helper.make_graph(chain([("", "Neg")], "x", "y"), "g", [], [])
    node = helper.make_node("f", ["mean"], ["logits"], domain="own", body=graph)
    with pytest.raises(ModelFileError, match="a function that takes a graph is refused: export the"):
        check_onnx(of_colours([node], functions=[function("f", [("", "Neg")])], opset_imports=OPSETS))
