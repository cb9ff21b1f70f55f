"""Ranks recipes by labelled photos, where nobody knows what the original program answered.

The measure is the log-loss: accuracy hardly moves between a right recipe and a nearly right one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edgebreed.export.importer.foreign_answers import ForeignAnswers
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin
from edgebreed.export.importer.recipe_candidates import (
    GEOMETRY_FIELDS,
    PIXEL_FIELDS,
    changed_fields,
    geometry_candidates,
    pixel_candidates,
)
from edgebreed.export.reference_images import evenly_spaced
from edgebreed.progress import track
from edgebreed.train.dataset import LabelledImage

PHOTOS = 64
"""At most so many are looked at, evenly spaced over the classes."""
_SMALLEST = 1e-7  # probability whose logarithm is taken


@dataclass(frozen=True)
class PhotoRanking:
    """What labelled photos say of recipes.

    Attributes:
        recipe: the stated one, or a better one in what was only assumed.
        n: number of photos.
        log_loss: of the recipe, the mean over the photos.
        top1: accuracy with it.
        untold: fields of which other values are as good, as far as so few photos can tell.
    """

    recipe: ImportRecipe
    n: int
    log_loss: float
    top1: float
    untold: tuple[str, ...]


def rank_by_photos(
    model: ForeignModel, stated: ImportRecipe, images: Sequence[LabelledImage], free: Sequence[str]
) -> PhotoRanking:
    """Takes the recipe with the smallest log-loss: first the scaling and the channels, then the geometry.

    The stated recipe stays where no other is better by twice the standard error of the difference.

    Args:
        model: the model.
        stated: where it begins.
        images: photos with the number of their class.
        free: fields that may change.
    """
    chosen = [images[place] for place in evenly_spaced(len(images), PHOTOS)]
    answers = ForeignAnswers(model, tuple(image.path for image in chosen))
    labels = np.array([image.label for image in chosen])

    def losses(recipe: ImportRecipe) -> NDArray[np.float64]:
        rows = np.concatenate([answers.probabilities(recipe, place) for place in range(len(chosen))])
        right = rows[np.arange(len(chosen)), labels].astype(np.float64)
        return np.asarray(-np.log(np.clip(right, _SMALLEST, 1)))

    recipe, untold = stated, set[str]()
    for fields, candidates in ((PIXEL_FIELDS, pixel_candidates), (GEOMETRY_FIELDS, geometry_candidates)):
        others = candidates(recipe, [name for name in fields if name in free])
        recipe, alike = _best(recipe, others, losses)
        untold |= {name for other in alike for name in changed_fields(other, recipe)}
    found = dict.fromkeys(changed_fields(recipe, stated), Origin.FOUND)
    rows = np.concatenate([answers.probabilities(recipe, place) for place in range(len(chosen))])
    return PhotoRanking(
        replace(recipe, origins={**stated.origins, **found}),
        n=len(chosen),
        log_loss=float(losses(recipe).mean()),
        top1=float((rows.argmax(axis=1) == labels).mean()),
        untold=tuple(sorted(untold)),
    )


def _best(
    stated: ImportRecipe,
    recipes: Sequence[ImportRecipe],
    losses: Callable[[ImportRecipe], NDArray[np.float64]],
) -> tuple[ImportRecipe, list[ImportRecipe]]:
    """The best recipe, or the stated one where that is as good, and the others that are as good."""
    tried = {recipe: losses(recipe) for recipe in track(recipes, "recipes", total=len(recipes))}
    best = min(recipes, key=lambda recipe: tried[recipe].mean())
    alike = [recipe for recipe in recipes if not _is_worse(tried[recipe], tried[best])]
    chosen = stated if stated in alike else best
    return chosen, [recipe for recipe in alike if recipe != chosen]


def _is_worse(losses: NDArray[np.float64], best: NDArray[np.float64]) -> bool:
    """Whether losses on the same photos are larger by more than twice the standard error."""
    difference = losses - best
    return bool(difference.mean() > 2 * difference.std() / np.sqrt(len(difference)))
