"""What inputs and outputs say of a recipe."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.errors import EdgebreedError, InputError, ModelFileError
from edgebreed.export.importer.foreign_model import ForeignTensor
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.interface_recipe import assumed_recipe, output_of_values, stated_by_interface
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
from edgebreed.export.importer.recipe_candidates import IMAGENET_MEAN, IMAGENET_STD

Sizes = tuple[int | None, ...]
SCORES = ForeignTensor("scores", "float32", (None, 4), OutputKind.LOGITS)
NOTHING = PartialRecipe()


@dataclass(frozen=True)
class Interface:
    """The inputs and outputs of a model, which is never run."""

    inputs: tuple[ForeignTensor, ...]
    outputs: tuple[ForeignTensor, ...] = (SCORES,)
    path: Path = Path("m.onnx")


def taking(*shape: int | None, dtype: str = "float32") -> Any:
    """A model that takes an image of this shape."""
    return Interface((ForeignTensor("data", dtype, shape),))


def giving(*outputs: ForeignTensor) -> Any:
    """A model with these outputs."""
    return Interface(taking(None, 3, 16, 24).inputs, outputs)


def output(name: str, *shape: int | None, dtype: str = "float32") -> ForeignTensor:
    """An output of this shape."""
    return ForeignTensor(name, dtype, shape)


@pytest.mark.parametrize(
    ("shape", "given", "layout", "channels", "size"),
    [
        ((None, 3, 16, 24), NOTHING, Layout.NCHW, None, (16, 24)),
        ((1, 16, 24, 3), NOTHING, Layout.NHWC, None, (16, 24)),
        ((1, 1, 16, 24), NOTHING, Layout.NCHW, Channels.GRAY, (16, 24)),
        ((1, 16, 24, 1), NOTHING, Layout.NHWC, Channels.GRAY, (16, 24)),
        ((None, 3, None, None), PartialRecipe(size=(48, 192)), Layout.NCHW, None, (48, 192)),
        ((None, 3, 48, None), PartialRecipe(size=(48, 192)), Layout.NCHW, None, (48, 192)),
        ((1, 3, 16, 3), PartialRecipe(layout=Layout.NHWC), Layout.NHWC, None, (3, 16)),
        ((None,) * 4, PartialRecipe(layout=Layout.NHWC, size=(8, 9)), Layout.NHWC, None, (8, 9)),
    ],
)
def test_an_input_tells_layout_channels_and_sides(
    shape: Sizes, given: PartialRecipe, layout: Layout, channels: Channels | None, size: tuple[int, int]
) -> None:
    """As far as they are fixed; what is open is given."""
    found = stated_by_interface(taking(*shape), given)
    assert (layout, channels, size) == (found.layout, found.channels, found.size)
    assert (OutputKind.LOGITS, None) == (found.output, found.output_name)


SIZED = PartialRecipe(size=(16, 16))


@pytest.mark.parametrize(
    ("shape", "given", "reason"),
    [
        ((None, 3, None, None), NOTHING, r"takes data float32 \(\?, 3, \?, \?\), whose sides are open: pass"),
        ((None, 3, 24, 24), SIZED, r"--size 16x16: the model takes data float32 \(\?, 3, 24, 24\)"),
        ((None, 3, 24, 24), PartialRecipe(layout=Layout.NHWC), "--layout nhwc: .* do not stand there"),
        ((1, 3, 16, 16), PartialRecipe(channels=Channels.GRAY), "--channels gray: .*, which is 3 deep"),
        ((1, 16, 16, 1), PartialRecipe(channels=Channels.BGR), "--channels bgr: .*, which is 1 deep"),
        ((1, 3, 16, 3), NOTHING, "the place of its channels is open: pass --layout nchw or nhwc"),
        ((None,) * 4, SIZED, "the place of its channels is open: pass --layout nchw or nhwc"),
        ((1, 4, 16, 16), NOTHING, r"takes data float32 \(1, 4, 16, 16\); images have 1 or 3 channels"),
        ((None, 3, 5000, 16), NOTHING, "an input of 5000x16 px: at most 4096 a side are allowed"),
        ((8, 3, 16, 16), NOTHING, r"m\.onnx takes data float32 \(8, .*: export it with a batch of 1"),
        ((None, 768), NOTHING, r"takes data float32 \(\?, 768\): a classifier of one image"),
        ((), NOTHING, r"takes data float32 \(\): a classifier of one image"),
    ],
)
def test_an_input_that_leaves_a_choice_or_is_no_image_is_refused(
    shape: Sizes, given: PartialRecipe, reason: str
) -> None:
    """With what came and what to pass."""
    with pytest.raises(EdgebreedError, match=reason) as caught:
        stated_by_interface(taking(*shape), given)
    assert "\n" not in str(caught.value)


def test_a_model_of_two_inputs_is_refused() -> None:
    """Even where one is an image."""
    image, text = output("image", 1, 3, 16, 16), output("text", 1, 77, dtype="int64")
    with pytest.raises(
        ModelFileError, match=r"takes image float32 \(1, 3, 16, 16\), text int64 \(1, 77\): a class"
    ):
        stated_by_interface(Interface((image, text)), NOTHING)  # type: ignore[arg-type]  # never run


@pytest.mark.parametrize(
    ("found", "outputs"),
    [
        ("scores", (output("scores", None, 4),)),
        ("scores", (output("features", None, 7, 7, 512), output("scores", None, 4, 1, 1))),
        ("scores", (output("label", None, 1, dtype="int64"), output("scores", 1, 4))),
        ("scores", (output("scores", 1, 4, dtype="uint8"), output("boxes", 1, 100, 4))),
        ("open", (output("open", None, None),)),
    ],
)
def test_the_output_that_holds_classes_is_found(found: str, outputs: tuple[ForeignTensor, ...]) -> None:
    """Beside what cannot be one number a class; its name is only kept where there are several."""
    recipe = stated_by_interface(giving(*outputs), NOTHING)
    assert (found if len(outputs) > 1 else None) == recipe.output_name


def test_one_of_several_outputs_is_named() -> None:
    """Otherwise the refusal lists them."""
    model = giving(output("head", None, 4), output("other", None, 9), output("boxes", None, 9, 4))
    assert "other" == stated_by_interface(model, PartialRecipe(output_name="other")).output_name
    listed = r"head float32 \(\?, 4\), other float32 \(\?, 9\), boxes float32 \(\?, 9, 4\)"
    with pytest.raises(InputError, match=f"m.onnx gives {listed}: pass --output-name with the one"):
        stated_by_interface(model, NOTHING)
    with pytest.raises(InputError, match=f"--output-name prob: the model gives {listed}"):
        stated_by_interface(model, PartialRecipe(output_name="prob"))


@pytest.mark.parametrize(
    ("outputs", "listed"),
    [
        ((output("boxes", 1, 8400, 84),), r"boxes float32 \(1, 8400, 84\), and a classifier gives"),
        ((output("mask", 1, 21, 64, 64),), "detectors, segmenters and backbones are not taken"),
        ((output("label", 1, 5, dtype="int64"),), "detectors, segmenters"),
        ((), "m.onnx gives nothing, and"),
        (tuple(output(f"b{n}", 1, 9, 9) for n in range(6)), r"b3 float32 \(1, 9, 9\), and 2 more, and"),
    ],
)
def test_a_detector_is_no_classifier(outputs: tuple[ForeignTensor, ...], listed: str) -> None:
    """Nor is a segmenter."""
    with pytest.raises(ModelFileError, match=listed):
        stated_by_interface(giving(*outputs), NOTHING)


FIRST, LAST = (
    PartialRecipe(layout=Layout.NCHW, size=(224, 224)),
    PartialRecipe(layout=Layout.NHWC, size=(8, 8)),
)


def test_channels_first_are_assumed_to_be_of_torchvision() -> None:
    """224 px are cut from a picture whose shorter side is 256 px."""
    found = assumed_recipe(taking(None, 3, 224, 224), FIRST)
    assert (1 / 255, IMAGENET_MEAN, IMAGENET_STD) == (found.scale, found.mean, found.std)
    assert (ResizeRule.SHORTER_SIDE, 256, Rounding.TORCHVISION) == (
        found.resize,
        found.resize_to,
        found.rounding,
    )


def test_channels_last_are_assumed_to_be_of_keras() -> None:
    """Squashed, from -1 to 1."""
    found = assumed_recipe(taking(None, 8, 8, 3), LAST)
    assert (1 / 127.5, (1.0,), (1.0,)) == (found.scale, found.mean, found.std)
    assert (ResizeRule.SQUASH, None) == (found.resize, found.resize_to)


@pytest.mark.parametrize(
    ("model", "known", "scaling"),
    [
        (taking(1, 8, 8, 3, dtype="uint8"), LAST, (1.0, (0.0,), (1.0,))),
        (taking(1, 1, 8, 8), PartialRecipe(channels=Channels.GRAY), (1 / 127.5, (1.0,), (1.0,))),
        (taking(1, 3, 8, 8), PartialRecipe(mean=(0.5,)), (1 / 255, (0.0,), (1.0,))),
        (taking(1, 3, 8, 8), PartialRecipe(mean=(104.0, 117.0, 123.0)), (1.0, (0.0,), (1.0,))),
        (taking(1, 3, 8, 8), PartialRecipe(std=(57.0,)), (1.0, (0.0,), (1.0,))),
    ],
)
def test_scaling_is_assumed_to_fit_what_is_known(model: Any, known: PartialRecipe, scaling: Any) -> None:
    """A mean of over 3 is of grey levels; an input of whole numbers takes them as they are."""
    found = assumed_recipe(model, known.over(FIRST))
    assert scaling == (found.scale, found.mean, found.std)


def test_a_stated_rule_is_left_alone() -> None:
    """A length to scale to goes with a cut from the middle only."""
    known = PartialRecipe(resize=ResizeRule.LETTERBOX).over(FIRST)
    assert assumed_recipe(taking(None, 3, 224, 224), known).resize_to is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([[0.25, 0.75], [1.0, 0.0]], OutputKind.PROBABILITIES),
        ([[0.252, 0.751]], OutputKind.PROBABILITIES),
        ([[1.5, -0.5]], OutputKind.LOGITS),
        ([[0.25, 0.75], [0.6, 0.7]], OutputKind.LOGITS),
    ],
)
def test_probabilities_sum_to_one_and_none_is_negative(values: list[list[float]], kind: OutputKind) -> None:
    """Whatever does not is made of logits."""
    assert kind is output_of_values(np.array(values, np.float32))
