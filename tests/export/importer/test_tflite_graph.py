"""Operators that are added to a TFLite model."""

import numpy as np
import pytest

from edgebreed.edge.formats.tflite_check import check_tflite
from edgebreed.export.importer.tflite_graph import (
    BUILTIN,
    TfliteStep,
    chain,
    has_open_batch,
    quantization_of,
    remove_unused,
)
from edgebreed.export.tflite_flatbuffer import operator_name, parse, serialized

from .tflite_made import foreign, run

STEPS = [
    TfliteStep(BUILTIN.MUL, "float32", (3,), (np.array([2, 3, 4], np.float32),)),
    TfliteStep(BUILTIN.LOGISTIC, "float32", (3,)),
]


def test_a_chain_computes_one_step_after_another() -> None:
    """The file passes the checks of the runtime."""
    model = foreign((1, 1, 3))
    graph = model.subgraphs[0]
    added = chain(model, int(graph.outputs[0]), STEPS)
    graph.operators, graph.outputs = [*graph.operators, *added], added[-1].outputs
    data = serialized(model)
    check_tflite(data)
    found = run(data, np.array([[[[0, 1, -1]]]], np.float32))
    assert 1 / (1 + np.exp([[0.0, -3.0, 4.0]])) == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("is_open", [True, False])
def test_the_batch_is_open_or_fixed_as_before(is_open: bool) -> None:
    """In each tensor that is added; constants have none."""
    model = foreign((1, 1, 3), is_open=is_open)
    tensors = model.subgraphs[0].tensors
    operators = chain(model, 0, STEPS)
    assert [is_open] * 2 == [has_open_batch(tensors[one.outputs[0]]) for one in operators]
    assert not has_open_batch(tensors[operators[0].inputs[1]])


def test_the_last_step_may_write_a_tensor_that_is_there() -> None:
    """As the model's own input, which others read."""
    model = foreign((1, 1, 3))
    before = len(model.subgraphs[0].tensors)
    operators = chain(model, 0, STEPS, last=1)
    assert 1 == operators[-1].outputs[0]
    assert before + 2 == len(model.subgraphs[0].tensors)  # what is between, and a constant


def test_operators_that_lead_to_no_output_are_removed() -> None:
    """Those before an output stay in their order."""
    model = foreign((1, 1, 3), last=BUILTIN.LOGISTIC)
    graph = model.subgraphs[0]
    graph.operators += chain(model, 0, STEPS)
    remove_unused(model)
    assert ["RESHAPE", "LOGISTIC"] == [operator_name(model, one) for one in graph.operators]


def test_old_runtimes_find_an_operator_by_its_short_number() -> None:
    """Where it has one; a quantization comes back from the file too."""
    model = foreign((1, 1, 3), "uint8", (0.5, 7))
    chain(model, 0, [TfliteStep(BUILTIN.GELU, "float32", (3,))])
    again = parse(serialized(model))
    assert (BUILTIN.GELU, 127) == (
        again.operatorCodes[-1].builtinCode,
        again.operatorCodes[-1].deprecatedBuiltinCode,
    )
    kept, made = again.subgraphs[0].tensors[0].quantization, quantization_of(0.5, 7)
    assert (made.scale, made.zeroPoint) == (kept.scale, kept.zeroPoint)
