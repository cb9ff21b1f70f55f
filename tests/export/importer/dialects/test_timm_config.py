"""timm's `config.json`."""

from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.dialects.stated_fields import IMAGENET_MEAN, IMAGENET_STD
from edgebreed.export.importer.dialects.timm_config import of_config
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.pixel_transform import Channels

RESNET50: dict[str, Any] = {
    "tag": "a1_in1k",
    "custom_load": False,
    "input_size": [3, 224, 224],
    "test_input_size": [3, 288, 288],
    "fixed_input_size": False,
    "interpolation": "bicubic",
    "crop_pct": 0.95,
    "test_crop_pct": 1.0,
    "crop_mode": "center",
    "mean": [0.485, 0.456, 0.406],
    "std": [0.229, 0.224, 0.225],
    "num_classes": 1000,
    "pool_size": [7, 7],
    "first_conv": "conv1",
    "classifier": "fc",
}
"""The `pretrained_cfg` of `timm/resnet50.a1_in1k`."""
WHOLE = {"architecture": "resnet50", "num_classes": 1000, "num_features": 2048, "pretrained_cfg": RESNET50}


def read(data: dict[str, Any]) -> PartialRecipe:
    """What a file says."""
    recipe = of_config(data)
    assert recipe is not None
    return recipe


def test_a_published_file() -> None:
    """The shorter side is resized to 224 / 0.95 px, rounded down."""
    assert PartialRecipe(
        channels=Channels.RGB,
        scale=1 / 255,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        size=(224, 224),
        resize=ResizeRule.SHORTER_SIDE,
        resize_to=235,
        interpolation=Interpolation.PIL_BICUBIC,
        rounding=Rounding.TORCHVISION,
    ) == read(WHOLE)


def test_older_files_have_all_at_the_top_level() -> None:
    """With the same meaning."""
    assert read(WHOLE) == read({"architecture": "resnet50", **RESNET50})


def test_what_is_silent_has_the_packages_own_default() -> None:
    """Bicubic, 0.875 from the middle, ImageNet's colours."""
    recipe = read({"architecture": "x", "pretrained_cfg": {"tag": "mine"}})
    assert (IMAGENET_MEAN, IMAGENET_STD, 256, Interpolation.PIL_BICUBIC) == (
        recipe.mean,
        recipe.std,
        recipe.resize_to,
        recipe.interpolation,
    )


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("squash", ResizeRule.SQUASH), ("center", ResizeRule.SHORTER_SIDE), ("border", None)],
)
def test_each_way_of_cropping(mode: str, expected: ResizeRule | None) -> None:
    """A border in the mean colour is what no rule here draws, so nothing is stated."""
    recipe = read({"pretrained_cfg": {**RESNET50, "crop_mode": mode, "crop_pct": 1.0}})
    assert (expected, 224 if expected else None) == (recipe.resize, recipe.resize_to)


def test_labels_stand_at_the_top_or_within() -> None:
    """As a list, or by number."""
    assert ("a", "b") == read({**WHOLE, "label_names": ["a", "b"]}).labels
    assert ("a", "b") == read({"pretrained_cfg": {**RESNET50, "label_names": {"1": "b", "0": "a"}}}).labels


def test_one_channel_is_grey() -> None:
    """As of networks for digits."""
    recipe = read({"pretrained_cfg": {"input_size": [1, 28, 28], "mean": [0.5], "std": [0.5]}})
    assert (Channels.GRAY, (28, 28), (0.5,)) == (recipe.channels, recipe.size, recipe.mean)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mean", ["a"]),
        ("std", [0, 0, 0]),
        ("crop_pct", 7),
        ("crop_pct", "0.9"),
        ("input_size", [3, 224]),
        ("input_size", "224"),
        ("interpolation", 3),
        ("crop_mode", []),
        ("label_names", "cat"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(key: str, value: Any) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=key):
        of_config({"pretrained_cfg": {**RESNET50, key: value}})


@pytest.mark.parametrize(
    "data", [{}, {"model_type": "vit"}, {"architecture": "resnet50", "optimizer": "adam"}]
)
def test_files_of_other_programs_say_nothing(data: dict[str, Any]) -> None:
    """Though they are called the same."""
    assert of_config(data) is None
