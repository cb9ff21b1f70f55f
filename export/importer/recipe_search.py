"""Finds the recipe with which a foreign model gives the answers that its own program gave."""

import copy
import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.image_header import read_header
from edgebreed.export.importer.foreign_answers import ForeignAnswers
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.recipe_candidates import (
    coarse_geometries,
    geometry_candidates,
    pixel_candidates,
)
from edgebreed.export.importer.reference_answers import ReferenceAnswers, largest_difference
from edgebreed.progress import track

MAX_ERROR = 0.02
"""Largest difference in a probability from the original program's."""
GAP = 3.0
"""How many times further off the next recipe must be, for one to be taken."""
SEARCH_PHOTOS = 32
COARSE_PHOTOS = 2
NEAR = 8  # scalings of which all geometries are tried
TRIES = 2  # as many inferences as recipes, beyond the first photo
EXACT = 1e-5  # difference that float arithmetic leaves


@dataclass(frozen=True)
class RankedRecipe:
    """A recipe that was tried.

    Attributes:
        recipe: what was tried.
        error: largest difference in a probability, on the photos that were looked at: of all photos, it is at
            least that.
        photos: how many were looked at; the search leaves a recipe as soon as it is worse than others.
    """

    recipe: ImportRecipe
    error: float
    photos: int

    def describe(self, photos: int) -> str:
        """How far it is off, in words.

        Args:
            photos: how many there are.
        """
        return f"off by {'at least ' if self.photos < photos else ''}{self.error:.4f}"


class ReferenceComparison:
    """How far a foreign model is off the original program's answers by any recipe.

    Args:
        model: the model.
        answers: the original program's.
    """

    def __init__(self, model: ForeignModel, answers: ReferenceAnswers) -> None:
        self.answers, self._any_order = answers, False
        self._own = ForeignAnswers(model, answers.paths)
        self._columns = cache(answers.columns)  # every recipe of a search has the same labels

    def in_any_order(self) -> "ReferenceComparison":
        """The same, by the sizes of the probabilities alone, whatever labels they are of."""
        other = copy.copy(self)
        other._any_order = self.answers.is_named
        return other

    def error(self, recipe: ImportRecipe, photo: int) -> float:
        """The largest difference of a probability, on one photo."""
        expected = self.answers.probabilities[photo : photo + 1]
        found = self._own.probabilities(recipe, photo)
        columns = self._columns(recipe.labels)
        if self._any_order and len(columns) == found.shape[1]:
            return largest_difference(np.sort(found), np.sort(expected), range(len(columns)))
        return largest_difference(found, expected, columns)

    def worst(self, recipe: ImportRecipe) -> float:
        """The same on all photos."""
        return max(self.error(recipe, photo) for photo in range(len(self.answers.paths)))

    def probabilities(self, recipe: ImportRecipe) -> NDArray[np.float32]:
        """What the model answers to all photos, `(N, classes) float32`."""
        return np.concatenate(
            [self._own.probabilities(recipe, photo) for photo in range(len(self.answers.paths))]
        )


def telling_photos(answers: ReferenceAnswers, count: int = SEARCH_PHOTOS) -> ReferenceAnswers:
    """The photos that tell rules apart best: those furthest from being square come first."""

    def elongation(path: Path) -> float:
        header = read_header(path.read_bytes())
        return abs(np.log(header.width / header.height)) if header else 0.0

    order = sorted(range(len(answers.paths)), key=lambda place: -elongation(answers.paths[place]))[:count]
    paths = tuple(answers.paths[place] for place in order)
    return replace(answers, paths=paths, probabilities=answers.probabilities[order])


def ranked(tried: ReferenceComparison, recipes: Sequence[ImportRecipe]) -> list[RankedRecipe]:
    """Ranks recipes by their largest difference, without looking at each photo with each recipe.

    All recipes are tried on one photo. Then the one with the smallest difference so far is tried on its next
    photo, as that on all photos is never smaller than that on some. It ends once every other recipe is
    further off than `GAP` times the best one, or where so many come close that none could be taken.

    Returns:
        The recipes, best first; of those that were not tried on all photos, the difference is a least one.
    """
    photos, budget = len(tried.answers.paths), TRIES * len(recipes)
    waiting = [
        (tried.error(recipe, 0), 1, place, recipe)
        for place, recipe in enumerate(track(recipes, "recipes", total=len(recipes)))
    ]
    heapq.heapify(waiting)
    done: list[RankedRecipe] = []
    while waiting and budget >= 0 and not (done and waiting[0][0] > GAP * max(done[0].error, EXACT)):
        error, seen, place, recipe = heapq.heappop(waiting)
        if seen == photos:
            done.append(RankedRecipe(recipe, error, seen))
            continue
        budget -= 1
        heapq.heappush(waiting, (max(error, tried.error(recipe, seen)), seen + 1, place, recipe))
    return done + [RankedRecipe(recipe, error, seen) for error, seen, _, recipe in sorted(waiting)]


def candidates(tried: ReferenceComparison, recipe: ImportRecipe, free: Collection[str]) -> list[ImportRecipe]:
    """Recipes that differ from one in fields that may change, itself first.

    Each scaling and channel order is tried with a few geometries on two photos; of those that come closest,
    all geometries are returned, of the others the few.
    """
    orders = pixel_candidates(recipe, free)
    coarse = {pixels: coarse_geometries(pixels, free) for pixels in orders}
    photos = range(min(COARSE_PHOTOS, len(tried.answers.paths)))

    def closest(pixels: ImportRecipe) -> float:
        return min(max(tried.error(one, photo) for photo in photos) for one in coarse[pixels])

    errors = {one: closest(one) for one in track(orders, "scalings", total=len(orders))}
    near = sorted(orders, key=lambda one: errors[one])[:NEAR]
    whole = [other for pixels in near for other in geometry_candidates(pixels, free)]
    return list(dict.fromkeys([recipe, *whole, *(one for others in coarse.values() for one in others)]))
