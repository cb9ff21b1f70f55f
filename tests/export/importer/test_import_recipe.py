"""What several sources say of a model makes one recipe."""

from dataclasses import replace
from typing import Any

import pytest

from edgebreed.edge.preprocess import InputSpec, ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, PartialRecipe, shown
from edgebreed.export.importer.pixel_transform import Channels, Layout, PixelTransform

from .onnx_made import WHOLE, stated


def test_a_source_covers_another_where_it_says_something() -> None:
    """And leaves it where it says nothing, also for what is 0."""
    below = PartialRecipe(channels=Channels.BGR, padding=114, scale=1.0)
    above = PartialRecipe(channels=Channels.RGB, padding=0)
    assert PartialRecipe(channels=Channels.RGB, padding=0, scale=1.0) == above.over(below)
    assert {"channels": Channels.RGB, "padding": 0} == above.stated()


def test_each_field_is_from_the_first_source_that_states_it() -> None:
    """Its origin is kept."""
    sources = (
        (Origin.GIVEN, PartialRecipe(channels=Channels.BGR)),
        (Origin.FILE, PartialRecipe(channels=Channels.GRAY, scale=1.0)),
        (Origin.ASSUMED, WHOLE),
    )
    recipe = ImportRecipe.merged(sources)
    assert (Channels.BGR, 1.0, WHOLE.mean) == (recipe.channels, recipe.scale, recipe.mean)
    origins = [recipe.origins[name] for name in ("channels", "scale", "mean")]
    assert [Origin.GIVEN, Origin.FILE, Origin.ASSUMED] == origins


@pytest.mark.parametrize(("missing", "option"), [("size", "--size"), ("interpolation", "--interpolation")])
def test_what_nobody_states_is_asked_for(missing: str, option: str) -> None:
    """By the option that gives it."""
    with pytest.raises(InputError, match=f"the model's {missing} is not known: pass {option}"):
        ImportRecipe.merged([(Origin.FILE, replace(WHOLE, **{missing: None}))])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"channels": Channels.GRAY}, "mean of 3 numbers: one, or one for each of gray"),
        ({"resize": ResizeRule.LETTERBOX, "resize_to": 20}, "resize_to with the rule letterbox"),
        ({"std": (0.0,)}, "scale and std must not be 0"),
    ],
)
def test_values_that_do_not_fit_together_are_refused(changes: dict[str, Any], reason: str) -> None:
    """As a recipe of the caller; a search leaves them out."""
    with pytest.raises(InputError, match=reason):
        stated(**changes)
    assert not replace(stated(), **changes).fits()
    assert stated().fits()


def test_a_recipe_is_a_transform_and_an_input() -> None:
    """Of every field that says how."""
    changes: dict[str, Any] = {
        "channels": Channels.GRAY,
        "mean": (0.5,),
        "std": (0.25,),
        "size": (16, 24),
        "resize": ResizeRule.SHORTER_SIDE,
        "resize_to": 30,
        "padding": 3,
        "rounding": Rounding.FLOOR,
        "jpeg_quality": 75,
    }
    recipe = stated(**changes)
    assert PixelTransform(Layout.NCHW, Channels.GRAY, 1 / 255, (0.5,), (0.25,)) == recipe.pixels
    expected = InputSpec(
        16,
        24,
        ResizeRule.SHORTER_SIDE,
        interpolation=Interpolation.PIL_BILINEAR,
        resize_to=30,
        padding=3,
        rounding=Rounding.FLOOR,
        jpeg_quality=75,
        grey=True,
    )
    assert expected == recipe.input


def test_a_line_leaves_out_what_is_usual() -> None:
    """And shortens numbers."""
    recipe = stated(padding=0, resize_to=20, std=(0.5,))
    names = ("resize", "resize_to", "padding", "rounding", "jpeg_quality", "std")
    assert "resize squash, resize_to 20, padding 0, std 0.5" == recipe.describe(names)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((16, 24), "16x24"),
        ((0.485, 1 / 3), "0.485,0.333333"),
        (1 / 255, "0.00392157"),
        (Layout.NCHW, "nchw"),
        (None, "none"),
    ],
)
def test_values_are_shown_as_options_take_them(value: Any, text: str) -> None:
    """In tables and refusals."""
    assert text == shown(value)


def test_json_has_plain_values_with_their_origin() -> None:
    """Fields that no source states are left out."""
    found = stated(Origin.FILE, size=(16, 24)).to_dict()
    assert {"value": "nchw", "origin": "file"} == found["layout"]
    assert {"value": [16, 24], "origin": "file"} == found["size"]
    assert "output_name" not in found
