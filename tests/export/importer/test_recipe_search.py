"""Finds the recipe that gives reference answers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import Channels
from edgebreed.export.importer.recipe_candidates import (
    CAFFE_MEAN,
    PIXEL_FIELDS,
    SEARCHED,
    geometry_candidates,
    pixel_candidates,
)
from edgebreed.export.importer.recipe_search import (
    EXACT,
    RankedRecipe,
    ReferenceComparison,
    candidates,
    ranked,
    telling_photos,
)

from .onnx_made import answers_of, foreign, stated, write_photos

RIGHT: list[dict[str, Any]] = [
    {},
    {"channels": Channels.BGR},
    {"scale": 1 / 127.5, "mean": (1.0,), "std": (1.0,), "interpolation": Interpolation.CV2_LINEAR},
    {"channels": Channels.BGR, "scale": 1.0, "mean": CAFFE_MEAN, "std": (1.0,)},
    {"resize": ResizeRule.SHORTER_SIDE, "resize_to": 18, "rounding": Rounding.TORCHVISION},
    {"resize": ResizeRule.LETTERBOX, "padding": 0, "interpolation": Interpolation.PIL_BICUBIC},
]


def compared(model: ForeignOnnx, right: ImportRecipe, folder: Path, count: int = 16) -> ReferenceComparison:
    """A model beside the answers that it gives by a recipe."""
    return ReferenceComparison(model, answers_of(model, right, write_photos(folder, count)))


@pytest.mark.parametrize("changes", RIGHT)
def test_best_first_finds_what_trying_all_finds(changes: dict[str, Any], tmp_path: Path) -> None:
    """Of every tenth recipe and the right one: each on each photo takes ten times as long."""
    tried = compared(foreign(), stated(**changes), tmp_path, 6)
    recipes = candidates(tried, stated(), SEARCHED)
    assert stated(**changes) in recipes
    recipes = list(dict.fromkeys([*recipes[::10], stated(**changes)]))
    found = ranked(tried, recipes)
    every = {recipe: tried.worst(recipe) for recipe in recipes}
    assert every[stated(**changes)] <= EXACT
    assert min(every.values()) == pytest.approx(found[0].error, abs=EXACT)
    assert every[found[0].recipe] == found[0].error
    assert {*recipes} == {one.recipe for one in found}
    assert all(one.error <= every[one.recipe] for one in found)


def test_most_recipes_are_left_after_the_first_photos(tmp_path: Path) -> None:
    """What was not looked at on all photos is off by at least as much as was seen."""
    tried = compared(foreign(), stated(), tmp_path)
    found = ranked(tried, candidates(tried, stated(), SEARCHED))
    assert (0.0, 16) == (found[0].error, found[0].photos)
    assert np.median([one.photos for one in found]) <= 2
    assert [one.error for one in found[1:]] == sorted(one.error for one in found[1:])


def test_many_that_come_close_end_the_search(tmp_path: Path) -> None:
    """A model that answers the same whatever it sees tells no recipe; each is run twice at most."""
    model = foreign()
    model.model.graph.initializer[1].raw_data = bytes(len(model.model.graph.initializer[1].raw_data))
    tried = compared(model, stated(), tmp_path)
    recipes = geometry_candidates(stated(), SEARCHED)
    found = ranked(tried, recipes)
    assert len(recipes) == len(found)
    assert {0.0} == {one.error for one in found}
    assert sum(one.photos for one in found) <= 3 * len(recipes) + 1


def test_a_scaling_that_is_near_brings_all_its_geometries(tmp_path: Path) -> None:
    """The stated recipe is first; scalings that are far off are tried with the few."""
    right = stated(channels=Channels.BGR, scale=1 / 127.5, mean=(1.0,), std=(1.0,))
    found = candidates(compared(foreign(), right, tmp_path), stated(), SEARCHED)
    assert stated() == found[0]
    assert {*geometry_candidates(right, SEARCHED)} <= {*found}
    assert {one.pixels for one in pixel_candidates(stated(), PIXEL_FIELDS)} == {one.pixels for one in found}
    assert len(found) == len({*found})


def test_elongated_photos_come_first(tmp_path: Path) -> None:
    """They tell rules apart; square ones only interpolations."""
    paths = write_photos(tmp_path, 3, ((40, 40), (60, 40), (40, 90)))
    answers = answers_of(foreign(), stated(), paths)
    found = telling_photos(answers, 2)
    assert (paths[2], paths[1]) == found.paths
    assert np.array_equal(answers.probabilities[[2, 1]], found.probabilities)
    assert answers.labels == found.labels


def test_a_photo_whose_size_is_not_told_comes_last(tmp_path: Path) -> None:
    """It is decoded all the same, or refused there."""
    paths = write_photos(tmp_path, 2)
    odd = tmp_path / "odd.png"
    odd.write_bytes(b"no photo")
    answers = replace(answers_of(foreign(), stated(), paths), paths=(odd, paths[0]))
    assert (paths[0], odd) == telling_photos(answers).paths


def test_a_difference_on_few_photos_is_a_least_one() -> None:
    """As the table says."""
    assert "off by at least 0.1235" == RankedRecipe(stated(), 0.12345, 3).describe(16)
    assert "off by 0.1235" == RankedRecipe(stated(), 0.12345, 16).describe(16)
