"""Finds the recipe with which a foreign model gives the answers that its own program gave."""

import hashlib
import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.image_header import read_header
from edgebreed.edge.images import Frame, read_photo
from edgebreed.edge.preprocess import InputSpec, Tensor, to_input
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe
from edgebreed.export.importer.pixel_transform import OutputKind, PixelTransform
from edgebreed.export.importer.recipe_candidates import geometry_candidates, pixel_candidates
from edgebreed.export.importer.reference_answers import ReferenceAnswers, largest_difference
from edgebreed.progress import track

MAX_ERROR = 0.02
"""Largest difference in a probability from the original program's."""
GAP = 3.0
"""How many times further off the next recipe must be, for one to be taken."""
SEARCH_PHOTOS = 32
TRIES = 2  # as many inferences as recipes, beyond the first photo
EXACT = 1e-5  # difference that float arithmetic leaves
_FRAMES = 8  # decoded photos that are kept


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


@dataclass
class ForeignAnswers:
    """Runs a foreign model by any recipe, and keeps what it has computed.

    Attributes:
        model: the model.
        answers: the original program's.
    """

    model: ForeignModel
    answers: ReferenceAnswers
    _images: dict[tuple[int, InputSpec], Tensor] = field(default_factory=dict)
    _outputs: dict[tuple[bytes, PixelTransform], NDArray[np.float32]] = field(default_factory=dict)

    def error(self, recipe: ImportRecipe, photo: int) -> float:
        """How far the model is off by a recipe, on one photo."""
        probabilities = self.probabilities(recipe, photo)
        expected = self.answers.probabilities[photo : photo + 1]
        return largest_difference(probabilities, expected, self.answers.columns(recipe.labels))

    def worst(self, recipe: ImportRecipe) -> float:
        """How far the model is off by a recipe, on all photos."""
        return max(self.error(recipe, photo) for photo in range(len(self.answers.paths)))

    def probabilities(self, recipe: ImportRecipe, photo: int) -> NDArray[np.float32]:
        """What the model answers by a recipe to one photo, `(1, classes) float32`."""
        return as_probabilities(self._raw(recipe, photo), recipe.output)

    def _raw(self, recipe: ImportRecipe, photo: int) -> NDArray[np.float32]:
        """Recipes that make the same pixels of a photo share the model's output."""
        key = (photo, recipe.input)
        if key not in self._images:
            self._images[key] = to_input(_frame(self.answers.paths[photo]), recipe.input)
        image = self._images[key]
        made = (hashlib.sha256(image.tobytes()).digest(), recipe.pixels)
        if made not in self._outputs:
            output = recipe.output_name or self.model.outputs[0].name
            self._outputs[made] = self.model.run(recipe.pixels.apply(image[None]), output)
        return self._outputs[made]


@lru_cache(maxsize=_FRAMES)
def _frame(path: Path) -> Frame:
    return read_photo(path)


def as_probabilities(values: NDArray[np.float32], kind: OutputKind) -> NDArray[np.float32]:
    """What a model's own output `(N, classes)` says, in probabilities."""
    if kind is OutputKind.SIGMOID:
        return np.asarray(1 / (1 + np.exp(-values)), np.float32)
    if kind is OutputKind.LOGITS:
        powers = np.exp(values - values.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
    return values


def telling_photos(answers: ReferenceAnswers, count: int = SEARCH_PHOTOS) -> ReferenceAnswers:
    """The photos that tell rules apart best: those furthest from being square come first."""

    def elongation(path: Path) -> float:
        header = read_header(path.read_bytes())
        return abs(np.log(header.width / header.height)) if header else 0.0

    order = sorted(range(len(answers.paths)), key=lambda place: -elongation(answers.paths[place]))[:count]
    paths = tuple(answers.paths[place] for place in order)
    return replace(answers, paths=paths, probabilities=answers.probabilities[order])


def ranked(tried: ForeignAnswers, recipes: Sequence[ImportRecipe]) -> list[RankedRecipe]:
    """Ranks recipes by their largest difference, without looking at each photo with each recipe.

    All recipes are tried on one photo. Then the recipe with the smallest difference so far is tried on its next photo, as that on all photos is never
    smaller than that on some. It ends once every other recipe is further off than `GAP` times the best one,
    or where too many come close, of which none could be taken.

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


def candidates(recipe: ImportRecipe, free: Collection[str]) -> list[ImportRecipe]:
    """All recipes that differ from one in fields that may change, itself first."""
    return [other for pixels in pixel_candidates(recipe, free) for other in geometry_candidates(pixels, free)]
