"""ONNX files of other programs."""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from edgebreed.export.graph.index import Model
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, PartialRecipe
from edgebreed.export.importer.interface_recipe import assumed_recipe, stated_by_interface
from edgebreed.export.importer.pixel_transform import Layout


def old() -> Model:
    """A model in the third version of the file format, in which constants are inputs too."""
    weights = numpy_helper.from_array(np.ones((2, 3, 4, 6), np.float32), "weights")
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in {"data": [1, 3, 4, 6], "weights": [2, 3, 4, 6]}.items()
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2])
    nodes = [
        helper.make_node("Conv", ["data", "weights"], ["sums"]),
        helper.make_node("Flatten", ["sums"], ["logits"]),
    ]
    graph = helper.make_graph(nodes, "g", inputs, [output], [weights])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 8)], ir_version=3)


def test_old_files_are_taken() -> None:
    """What is made of them passes the full check of the onnx package."""
    model = ForeignOnnx.from_model(Path("old.onnx"), old())
    stated = stated_by_interface(model, PartialRecipe())
    parts = PartialRecipe(labels=("cat", "dog")), stated, assumed_recipe(model, stated)
    recipe = ImportRecipe.merged([(Origin.ASSUMED, part) for part in parts])
    assert (["data"], Layout.NCHW) == ([one.name for one in model.inputs], recipe.layout)
    assert model.rewritten(recipe)
