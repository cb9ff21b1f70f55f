"""ONNX files of other programs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgebreed.edge.manifest import Precision
from edgebreed.errors import EngineError, ModelFileError
from edgebreed.export.golden import drawn_inputs
from edgebreed.export.graph.index import Model
from edgebreed.export.importer.foreign_answers import as_probabilities, own_outputs
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import Layout, OutputKind

from .onnx_made import LABELS, classifier, foreign, stated

IMAGES = drawn_inputs(stated().input, 6)


def half() -> Model:
    """The classifier with weights and input in float16."""
    model = classifier()
    for tensor in model.graph.initializer:
        tensor.CopyFrom(
            numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name)
        )
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    return model


def named(old: str, new: str) -> Model:
    """The classifier with another name for one of its values."""
    model = classifier()
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]
        node.output[:] = [new if name == old else name for name in node.output]
    for value in (*model.graph.input, *model.graph.output):
        value.name = new if value.name == old else value.name
    return model


def two_outputs() -> Model:
    """Probabilities, and the scores before them; the former bear the name of edgebreed's own output."""
    model = classifier()
    model.graph.node.append(helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1))
    model.graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 4]))
    return model


def run_rewritten(model: ForeignOnnx, recipe: ImportRecipe) -> NDArray[np.float32]:
    """What the rewritten file answers, one image after another."""
    session = ort.InferenceSession(model.rewritten(recipe), providers=["CPUExecutionProvider"])
    rows = [session.run(["probabilities"], {"image": image[None]})[0] for image in IMAGES]
    return np.asarray(np.concatenate(rows), np.float32)


@pytest.mark.parametrize(
    ("make", "layout", "output"),
    [
        (classifier, Layout.NCHW, None),
        (lambda: classifier(Layout.NHWC), Layout.NHWC, None),
        (lambda: classifier(batch=1), Layout.NCHW, None),
        (lambda: classifier(side="side"), Layout.NCHW, None),
        (two_outputs, Layout.NCHW, "scores"),
        (lambda: named("data", "image"), Layout.NCHW, None),
        (lambda: named("value2", "image"), Layout.NCHW, None),
        (lambda: named("value3", "probabilities"), Layout.NCHW, None),
        (lambda: named("scores", "probabilities"), Layout.NCHW, None),
    ],
)
def test_a_rewritten_file_answers_as_the_model_itself(
    make: Callable[[], Model], layout: Layout, output: str | None
) -> None:
    """Whatever its layout, its batch, its sides, and the names of its values."""
    model, recipe = foreign(make()), stated(layout=layout, output_name=output)
    own = as_probabilities(own_outputs(model, recipe, IMAGES), OutputKind.LOGITS)
    assert (6, 4) == own.shape
    assert own == pytest.approx(run_rewritten(model, recipe), abs=1e-6)
    assert 0.5 < np.ptp(own, axis=0).max()


def test_half_precision_is_told_and_kept() -> None:
    """Answers differ by its rounding; the number of images, and what comes out, are float32 as ever."""
    model = foreign(half())
    assert (Precision.FP16, "float16") == (model.precision, model.inputs[0].dtype)
    own = as_probabilities(own_outputs(model, stated(), IMAGES), OutputKind.LOGITS)
    assert np.float32 == own.dtype
    assert own == pytest.approx(run_rewritten(model, stated()), abs=1e-3)
    assert Precision.FP32 == foreign().precision


def test_integer_operators_tell_an_int8_model() -> None:
    """Of whatever quantizer."""
    model = classifier()
    model.graph.node[0].op_type = "QLinearConv"
    assert Precision.INT8 == ForeignOnnx(Path("m.onnx"), model).precision


def test_weights_in_a_file_beside_are_read_and_written_inside(tmp_path: Path) -> None:
    """Without that file, the model is refused by name."""
    onnx.save(
        classifier(), tmp_path / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0
    )
    model = ForeignOnnx.open(tmp_path / "m.onnx")
    (tmp_path / "m.data").unlink()
    assert run_rewritten(foreign(), stated()) == pytest.approx(run_rewritten(model, stated()))
    with pytest.raises(ModelFileError, match=r"m\.onnx keeps weights in another file, .*: lay it beside"):
        ForeignOnnx.open(tmp_path / "m.onnx")


def test_constants_that_are_listed_as_inputs_are_none() -> None:
    """As ONNX files of before 2019 have them."""
    model = classifier()
    for tensor in model.graph.initializer:
        model.graph.input.append(
            helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
        )
    assert ["data"] == [value.name for value in foreign(model).inputs]


@pytest.mark.parametrize(
    ("operators", "kind"),
    [
        ((), OutputKind.LOGITS),
        (("Softmax",), OutputKind.PROBABILITIES),
        (("Sigmoid",), OutputKind.PROBABILITIES),
        (("Softmax", "Identity", "Flatten"), OutputKind.PROBABILITIES),
        (("Flatten",), OutputKind.LOGITS),
        (("Exp",), None),
    ],
)
def test_the_last_operator_tells_what_an_output_holds(
    operators: tuple[str, ...], kind: OutputKind | None
) -> None:
    """Through those that change no number; others leave it open."""
    model, last = classifier(), "scores"
    for place, operator in enumerate(operators):
        model.graph.node.append(helper.make_node(operator, [last], [f"after{place}"]))
        last = f"after{place}"
    model.graph.output[0].name = last
    (output,) = foreign(model).outputs
    assert (last, kind) == (output.name, output.kind)


def test_what_a_file_says_of_itself_is_kept_beside_its_origin() -> None:
    """Texts of the file that it was converted from count more; neither is written into the new file."""
    model = classifier()
    helper.set_model_props(model, {"names": "a", "author": "me"})
    found = ForeignOnnx.from_model(Path("m.keras"), model, {"names": "b"})
    assert {"names": "b", "author": "me"} == dict(found.metadata)
    assert [] == list(onnx.load_from_string(found.rewritten(stated())).metadata_props)


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_a_truncated_file_is_refused(share: float, tmp_path: Path) -> None:
    """In one line, with its name."""
    data = classifier().SerializeToString()
    path = tmp_path / "cut.onnx"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(ModelFileError, match=r"cut\.onnx is no model that is read here: give an ONNX"):
        ForeignOnnx.open(path)


def test_a_graph_that_no_engine_may_see_is_refused() -> None:
    """The remedy is the other program's."""
    model = classifier()
    model.graph.node.insert(0, model.graph.node.pop())
    with pytest.raises(ModelFileError, match="another order than they compute; export the model again from"):
        foreign(model)


def test_a_recipe_that_does_not_fit_is_refused_in_one_line() -> None:
    """By the onnx package's check; the engine refuses such an input too."""
    with pytest.raises(ModelFileError, match=r"^trees.onnx: the recipe does not fit the graph: [^\n]+$"):
        foreign().rewritten(stated(layout=Layout.NHWC))
    with pytest.raises(ModelFileError, match="the recipe does not fit the graph"):
        foreign().rewritten(stated(labels=LABELS[:3]))
    with pytest.raises(EngineError, match=r"trees.onnx: ONNX Runtime fails on an input of \(16, 16, 3\)"):
        own_outputs(foreign(), replace(stated(), layout=Layout.NHWC), IMAGES)
