"""TFLite files of other programs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.engines.litert import LiteRTEngine
from edgebreed.edge.formats import ModelFormat, read_model, write_model
from edgebreed.edge.preprocess import InputSpec, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import EngineError, InputError, ModelFileError
from edgebreed.export.importer.foreign_tflite import ForeignTflite
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
from edgebreed.export.importer.tflite_graph import BUILTIN
from edgebreed.export.tflite_flatbuffer import schema, serialized

from ...conftest import colour_manifest
from .tflite_made import IMAGES, SIDES, foreign

RECIPE = ImportRecipe(
    layout=Layout.NHWC,
    channels=Channels.BGR,
    scale=1 / 255,
    mean=(0.0,),
    std=(1.0,),
    size=(1, 1),
    resize=ResizeRule.SQUASH,
    resize_to=None,
    interpolation=Interpolation.AUTO,
    padding=114,
    rounding=Rounding.NEAREST,
    jpeg_quality=None,
    output=OutputKind.LOGITS,
    output_name=None,
    labels=("a", "b", "c"),
)
PIXELS = np.random.default_rng(1).integers(0, 256, (5, 1, 1, 3), np.uint8)


def opened(model: Any, folder: Path) -> ForeignTflite:
    """A model in a file without a suffix."""
    (folder / "model").write_bytes(serialized(model))
    return ForeignTflite.open(folder / "model")


def test_a_file_tells_its_inputs_and_outputs(tmp_path: Path) -> None:
    """With sizes that are open, and what it says of itself as text."""
    model = foreign((*SIDES, 3), "uint8", (0.5, 3), last=BUILTIN.LOGISTIC)
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"note", len(model.buffers)
    model.buffers.append(schema.BufferT(np.frombuffer(b"made by hand\0\0", np.uint8)))
    model.metadata, model.description = [entry], b"described"
    found = opened(model, tmp_path)
    assert ["data uint8 (?, 4, 6, 3)"] == [str(one) for one in found.inputs]
    assert ["scores uint8 (?, 72)"] == [str(one) for one in found.outputs]
    assert {"note": "made by hand", "description": "described"} == found.metadata
    assert ModelFormat.TFLITE is found.format


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (BUILTIN.SOFTMAX, OutputKind.PROBABILITIES),
        (BUILTIN.LOGISTIC, OutputKind.PROBABILITIES),
        (BUILTIN.LOG_SOFTMAX, OutputKind.LOGITS),
        (BUILTIN.DEQUANTIZE, None),  # of the input alone
        (BUILTIN.RELU, None),
    ],
)
def test_the_last_operator_tells_what_an_output_holds(
    last: int, kind: OutputKind | None, tmp_path: Path
) -> None:
    """After a softmax or a sigmoid, probabilities."""
    assert kind is opened(foreign((1, 1, 3), last=last), tmp_path).outputs[0].kind


def test_a_quantized_input_takes_its_numbers_and_real_values(tmp_path: Path) -> None:
    """Outputs are real values."""
    model = opened(foreign((*SIDES, 3), "uint8", (0.5, 3)), tmp_path)
    expected = (IMAGES.reshape(2, -1) - 3.0) * 0.5
    assert np.array_equal(expected, model.run(IMAGES, "scores"))
    assert np.array_equal(expected, model.run((IMAGES - np.float32(3)) * np.float32(0.5), "scores"))


def test_open_sides_take_images_of_any(tmp_path: Path) -> None:
    """An input of a wrong rank, or an output of a wrong name, is refused."""
    model = foreign((*SIDES, 3))
    tensor, out = (model.subgraphs[0].tensors[place] for place in (0, -1))
    tensor.shapeSignature = np.array([-1, -1, -1, 3], np.int32)
    model.subgraphs[0].operators[0].builtinOptions.newShape = np.array([-1, 3], np.int32)
    model.subgraphs[0].operators[0].inputs = model.subgraphs[0].operators[0].inputs[:1]
    out.shape = np.array([24, 3], np.int32)
    found = opened(model, tmp_path)
    assert (1, 5 * 7 * 3) == found.run(np.zeros((1, 5, 7, 3), np.float32), "scores").shape
    with pytest.raises(InputError, match="has no output 'other': pass --output-name scores"):
        found.run(IMAGES, "other")
    with pytest.raises(EngineError, match=r"LiteRT fails on an input of \(5,\): "):
        found.run(np.zeros((1, 5), np.float32), "scores")


@pytest.mark.parametrize(
    ("quantized", "recipe"),
    [(None, RECIPE), ((1 / 255, 0), RECIPE), ((0.01, 100), replace(RECIPE, mean=(1.0,)))],
)
def test_a_rewritten_file_answers_in_the_runtime(
    quantized: Any, recipe: ImportRecipe, tmp_path: Path
) -> None:
    """As the model does, of which the original program makes probabilities."""
    model = opened(foreign((1, 1, 3), "float32" if quantized is None else "uint8", quantized), tmp_path)
    manifest = colour_manifest(input=InputSpec(1, 1), golden=())
    write_model(tmp_path / "imported.tflite", model.rewritten(recipe), manifest)
    found = LiteRTEngine(read_model(tmp_path / "imported.tflite"), threads=1).run(PIXELS).probabilities
    logits = np.exp(model.run(recipe.pixels.apply(PIXELS), "scores"))
    assert logits / logits.sum(axis=1, keepdims=True) == pytest.approx(found, abs=1e-5)


@pytest.mark.parametrize(
    ("model", "changes", "reason"),
    [
        (foreign((1, 1, 3)), {"labels": ("a", "b")}, "3 numbers an image, for 2 labels: pass --labels with"),
        (foreign((1, 1, 3)), {"size": (2, 2)}, "says nhwc, bgr, 2 x 2: pass --layout, --channels or --size"),
        (foreign((1, 1, 3)), {"channels": Channels.GRAY}, "says nhwc, gray, 1 x 1: pass --layout, --chan"),
        (foreign((1, 1, 3)), {"output_name": "x"}, "has no output 'x': pass --output-name scores"),
        (foreign((1, 1, 3), "int32"), {}, r"takes data int32 \(\?, 1, 1, 3\): one image of float32, uint8"),
        (foreign((3,)), {}, r"takes data float32 \(\?, 3\), and the recipe says nhwc"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused(
    model: Any, changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    """With what came and what to pass."""
    with pytest.raises((ModelFileError, InputError), match=reason):
        opened(model, tmp_path).rewritten(replace(RECIPE, **changes))


def test_what_litert_must_not_see_is_refused(tmp_path: Path) -> None:
    """Before anything opens it, with what to do."""
    model = foreign((1, 1, 3))
    model.operatorCodes[0].customCode = b"FlexErf"
    with pytest.raises(
        ModelFileError, match="not built into LiteRT; convert the model again, with operators"
    ):
        opened(model, tmp_path)
    (tmp_path / "cut").write_bytes(serialized(foreign((1, 1, 3)))[:90])
    with pytest.raises(ModelFileError, match="cut: TFLite file is damaged"):
        ForeignTflite.open(tmp_path / "cut")
    with pytest.raises(InputError, match="cannot read model .*nothing: No such file"):
        ForeignTflite.open(tmp_path / "nothing")


def test_a_fixed_batch_of_several_is_refused(tmp_path: Path) -> None:
    """The runtime gives images one by one, or as many as there are."""
    model = foreign((1, 1, 3), is_open=False)
    model.subgraphs[0].tensors[0].shape = model.subgraphs[0].tensors[0].shapeSignature = np.array(
        [8, 1, 1, 3]
    )
    with pytest.raises(ModelFileError, match="8 images at a time: convert it with a batch of 1, or an open"):
        opened(model, tmp_path)
