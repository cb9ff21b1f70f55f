"""The recipes that a search tries."""

from dataclasses import replace
from typing import Any

import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.pixel_transform import Channels
from edgebreed.export.importer.recipe_candidates import (
    CAFFE_MEAN,
    GEOMETRY_FIELDS,
    IMAGENET_MEAN,
    IMAGENET_STD,
    PIXEL_FIELDS,
    changed_fields,
    coarse_geometries,
    geometry_candidates,
    pixel_candidates,
)

from .onnx_made import stated

PIXELS: list[dict[str, Any]] = [
    {"channels": Channels.BGR},
    {"scale": 1.0, "mean": (0.0,), "std": (1.0,)},
    {"scale": 1 / 255, "mean": (0.0,), "std": (1.0,), "channels": Channels.BGR},
    {"scale": 1 / 127.5, "mean": (1.0,), "std": (1.0,)},
    {"channels": Channels.BGR, "mean": IMAGENET_MEAN[::-1], "std": IMAGENET_STD[::-1]},
    {"channels": Channels.BGR, "scale": 1.0, "mean": CAFFE_MEAN, "std": (1.0,)},
]
GEOMETRIES: list[dict[str, Any]] = [
    {"resize": ResizeRule.SQUASH, "interpolation": Interpolation.CV2_AREA},
    {"resize": ResizeRule.CENTER_CROP, "rounding": Rounding.TORCHVISION},
    {"resize": ResizeRule.SHORTER_SIDE, "resize_to": 18, "rounding": Rounding.TORCHVISION},
    {"resize": ResizeRule.SHORTER_SIDE, "resize_to": 17, "rounding": Rounding.FLOOR},
    {"resize": ResizeRule.LETTERBOX, "padding": 0, "interpolation": Interpolation.CV2_LINEAR},
    {"resize": ResizeRule.TOP_LEFT, "padding": 128, "rounding": Rounding.CEIL},
    {"resize": ResizeRule.SQUASH, "resize_to": 18, "interpolation": Interpolation.PIL_LANCZOS},
    {"resize": ResizeRule.SQUASH, "jpeg_quality": 75},
]


def test_common_recipes_are_among_them() -> None:
    """Each once, the stated one first."""
    pixels = pixel_candidates(stated(), PIXEL_FIELDS)
    geometries = geometry_candidates(stated(), GEOMETRY_FIELDS)
    for changes, found in ((PIXELS, pixels), (GEOMETRIES, geometries)):
        assert [] == [one for one in changes if stated(**one) not in found]
        assert stated() == found[0]
        assert len(found) == len(set(found))


@pytest.mark.parametrize("name", PIXEL_FIELDS)
def test_only_free_fields_change(name: str) -> None:
    """What was given stays in each recipe."""
    found = pixel_candidates(stated(), [name])
    assert {(name,)} == {tuple(changed_fields(one, stated())) for one in found[1:]}
    assert [stated()] == pixel_candidates(stated(), [])
    assert [stated()] == geometry_candidates(stated(), [])


def test_scalings_that_are_one_stand_there_once() -> None:
    """1/255 with mean and deviation 0.5 is 1/127.5 with mean 1."""
    half = stated(mean=(0.5,), std=(0.5,))
    found = pixel_candidates(half, PIXEL_FIELDS)
    assert half == found[0]
    assert replace(half, scale=1 / 127.5, mean=(1.0,), std=(1.0,)) not in found
    assert len(found) + 1 == len(pixel_candidates(stated(mean=(0.4,), std=(0.5,)), PIXEL_FIELDS))


def test_a_grey_model_stays_grey() -> None:
    """With one number for its only channel."""
    grey = stated(channels=Channels.GRAY, mean=(0.0,), std=(1.0,))
    found = pixel_candidates(grey, PIXEL_FIELDS)
    assert {Channels.GRAY} == {one.channels for one in found}
    assert {1.0, 1 / 255, 1 / 127.5} == {one.scale for one in found}


def test_values_that_do_not_go_together_are_left_out() -> None:
    """A given length to cut from goes with no letterbox, and a mean of three numbers with no grey."""
    cut = stated(resize=ResizeRule.SHORTER_SIDE, resize_to=20)
    found = geometry_candidates(cut, ["resize", "interpolation"])
    assert {ResizeRule.SHORTER_SIDE, ResizeRule.SQUASH} == {one.resize for one in found}
    assert all(one.fits() for one in found)


def test_a_few_geometries_have_each_rule() -> None:
    """And far fewer interpolations."""
    few, all_ = (
        function(stated(interpolation=Interpolation.CV2_AREA), GEOMETRY_FIELDS)
        for function in (coarse_geometries, geometry_candidates)
    )
    assert set(ResizeRule) == {one.resize for one in few}
    assert {Interpolation.CV2_AREA, Interpolation.PIL_BILINEAR} == {one.interpolation for one in few}
    assert {None, 75} == {one.jpeg_quality for one in few}
    assert set(few) < set(all_)
    assert len(few) < len(all_) / 3
