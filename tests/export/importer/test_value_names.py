"""Names of values in foreign graphs."""

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgebreed.export.graph.index import Model
from edgebreed.export.importer.onnx_rewrite import with_image_input, with_probabilities, without_added_names
from edgebreed.export.importer.pixel_transform import Layout, OutputKind, PixelTransform
from edgebreed.export.importer.value_names import with_free_names

from .test_onnx_rewrite import expected, run


def named(own: str, middle: str, out: str) -> Model:
    """A model that adds nothing to its input, in a branch of an `If`; its values have these names."""
    shape = [1, 4, 6, 3]
    value, result, branch = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in (own, out, "taken")
    )
    added = [helper.make_node("Add", [middle, "nothing"], ["taken"])]
    branches = {f"{name}_branch": helper.make_graph(added, name, [], [branch]) for name in ("then", "else")}
    nodes = [
        helper.make_node("Identity", [own], [middle]),
        helper.make_node("If", ["yes"], [out], **branches),
    ]
    constants = {"yes": np.array(True), "nothing": np.zeros(1, np.float32)}
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "g", [value], [result], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.mark.parametrize(
    ("own", "middle", "out"),
    [
        ("image", "x", "probabilities"),
        ("probabilities", "x", "image"),
        ("x", "image", "y"),
        ("x", "probabilities", "own_probabilities"),
        ("x", "image_factor", "y"),
    ],
)
def test_names_of_the_importer_may_stand_in_a_graph(own: str, middle: str, out: str) -> None:
    """As its input, as its output and in between, where a branch may read it."""
    model = named(own, middle, out)
    without_added_names(model)
    transform = PixelTransform(Layout.NHWC)
    with_image_input(model, model.graph.input[0].name, transform, (4, 6))
    with_probabilities(model, model.graph.output[0].name, OutputKind.PROBABILITIES, 72)
    assert expected(transform) == pytest.approx(run(model), abs=2e-6)


def test_a_graph_without_such_names_stays() -> None:
    """All names are as they were, and the model runs as before."""
    model = named("x", "y", "z")
    before = model.SerializeToString()
    with_free_names(model, ["image", "probabilities"])
    assert before == model.SerializeToString()
    assert "x" == ort.InferenceSession(before, providers=["CPUExecutionProvider"]).get_inputs()[0].name
