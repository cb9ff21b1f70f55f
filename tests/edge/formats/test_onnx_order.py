"""The order of an ONNX graph's nodes."""

from typing import Any

import pytest
from onnx import helper

from edgebreed.edge.formats.onnx_check import check_onnx
from edgebreed.errors import ModelFileError

from ..engines.hanging_models import of_colours

CYCLE = [helper.make_node("Add", ["mean", "q"], ["p"]), helper.make_node("Add", ["p", "mean"], ["q"])]
LAST = helper.make_node("Identity", ["q"], ["logits"])
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]


def branch(nodes: list[Any]) -> Any:
    """A node that holds a graph of these nodes, with `q` as its output."""
    output = helper.make_tensor_value_info("q", 1, None)
    return helper.make_node(
        "If", ["mean"], ["logits"], then_branch=helper.make_graph(nodes, "b", [], [output])
    )


def function(nodes: list[Any]) -> bytes:
    """A model that calls a function of these nodes."""
    body = helper.make_function("own", "f", ["mean"], ["q"], nodes, OPSETS)
    call = helper.make_node("f", ["mean"], ["logits"], domain="own")
    return of_colours([call], functions=[body], opset_imports=OPSETS)


@pytest.mark.parametrize(
    "model",
    [
        of_colours([*CYCLE, LAST]),
        of_colours([LAST, helper.make_node("Neg", ["mean"], ["q"])]),
        of_colours([branch(CYCLE)]),
        of_colours([branch([])]),
        of_colours([helper.make_node("Neg", ["mean"], ["logits", "logits"])]),
        of_colours(
            [helper.make_node("Neg", ["float"], ["mean"]), helper.make_node("Neg", ["mean"], ["logits"])]
        ),
        function(CYCLE),
    ],
    ids=["cycle", "late", "cycle in a branch", "nothing in a branch", "twice at once", "twice", "function"],
)
def test_nodes_out_of_order_are_refused(model: bytes) -> None:
    """Of a cycle, each engine makes something else."""
    with pytest.raises(
        ModelFileError, match="^nodes of an ONNX file in another order than they compute: exp"
    ):
        check_onnx(model)


def test_a_graph_sees_the_names_around_it() -> None:
    """A branch takes what was computed before it; two may use the same names."""
    inner = helper.make_node("Neg", ["mean"], ["q"])
    check_onnx(of_colours([branch([inner])]))
    check_onnx(function([helper.make_node("Neg", ["mean", ""], ["q"])]))
