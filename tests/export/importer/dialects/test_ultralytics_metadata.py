"""Metadata of Ultralytics' exporter."""

from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.ultralytics_metadata import of_metadata
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels, OutputKind

EXPORTED = {
    "description": "Ultralytics YOLO11n-cls model trained on imagenet",
    "author": "Ultralytics",
    "version": "8.3.0",
    "stride": "1",
    "task": "classify",
    "batch": "1",
    "imgsz": "[224, 224]",
    "names": "{0: 'tench', 1: \"Grandfather's clock\"}",
}
"""As texts, in ONNX."""


def read(**changes: Any) -> PartialRecipe:
    """What the metadata says, some of it changed."""
    recipe = of_metadata({**EXPORTED, **changes})
    assert recipe is not None
    return recipe


def test_an_exported_classifier() -> None:
    """The shorter side is resized by Pillow, as torchvision does it, and pixels are scaled to 0..1."""
    assert (
        PartialRecipe(
            channels=Channels.RGB,
            scale=1 / 255,
            mean=(0.0,),
            std=(1.0,),
            size=(224, 224),
            resize=ResizeRule.SHORTER_SIDE,
            interpolation=Interpolation.PIL_BILINEAR,
            rounding=Rounding.TORCHVISION,
            output=OutputKind.PROBABILITIES,
            labels=("tench", "Grandfather's clock"),
        )
        == read()
    )


def test_values_as_in_json_are_the_same() -> None:
    """As they stand behind a TFLite model."""
    assert read() == read(names={"0": "tench", "1": "Grandfather's clock"}, imgsz=[224, 224], stride=1)


@pytest.mark.parametrize("version", ["8.0.100", "8.0.238"])
def test_older_versions_cut_the_largest_square_by_opencv(version: str) -> None:
    """And scale the pixels in the same way."""
    recipe = read(version=version)
    assert (ResizeRule.CENTER_CROP, Interpolation.CV2_LINEAR) == (recipe.resize, recipe.interpolation)
    assert recipe.scale == pytest.approx(1 / 255)


@pytest.mark.parametrize("version", ["8.0.50", "", "nightly"])
def test_of_versions_that_are_not_known_only_the_labels_count(version: str) -> None:
    """Some of them normalized otherwise."""
    recipe = read(version=version)
    assert (None, None, 2) == (recipe.resize, recipe.scale, len(recipe.labels or ()))


def test_sides_that_differ_are_resized_on_their_own() -> None:
    """As torchvision does with two lengths."""
    assert (ResizeRule.SQUASH, (192, 224)) == (read(imgsz="[192, 224]").resize, read(imgsz="[192, 224]").size)


def test_one_channel_is_grey() -> None:
    """As newer versions train them."""
    assert Channels.GRAY is read(channels="1").channels


@pytest.mark.parametrize("task", ["detect", "segment", "pose", "obb"])
def test_other_tasks_are_refused(task: str) -> None:
    """By their name."""
    with pytest.raises(InputError, match=f"task '{task}' of Ultralytics: a classifier is needed"):
        read(task=task)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"names": "{0: 'a', 2: 'b'}"}, "not the numbers from 0 to 1"),
        ({"names": "__import__('os').getcwd()"}, "str where a list or an object is allowed"),
        ({"imgsz": "[224]"}, "imgsz"),
        ({"imgsz": "[224, 0]"}, "imgsz"),
        ({"channels": "many"}, "channels is 'many'"),
    ],
)
def test_a_wrong_value_is_refused(changes: dict[str, str], reason: str) -> None:
    """And no text is run as a program."""
    with pytest.raises(ValueError, match=reason):
        read(**changes)


def test_metadata_of_another_program_says_nothing() -> None:
    """Such as one that only has names."""
    assert of_metadata({"names": "['a', 'b']"}) is None
