"""Decides by reference answers whether a recipe is right, and finds the right one where it may."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edgebreed.errors import ProofError
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin, shown
from edgebreed.export.importer.recipe_candidates import (
    GEOMETRY_FIELDS,
    PIXEL_FIELDS,
    SEARCHED,
    changed_fields,
    geometry_candidates,
    pixel_candidates,
)
from edgebreed.export.importer.recipe_search import (
    EXACT,
    GAP,
    MAX_ERROR,
    RankedRecipe,
    ReferenceComparison,
    candidates,
    ranked,
    telling_photos,
)
from edgebreed.export.importer.reference_answers import ReferenceAnswers

SHOWN = 6  # rows of the table of recipes
EXPLAINED_S = 20.0  # a search that took longer is not repeated to say what would fit
NOISE = 5e-4  # difference that other decoders and kernels make
_OF_A_PIXEL = ("rounding", "padding")  # fields that may be taken though the photos cannot tell them


@dataclass(frozen=True)
class ProvedRecipe:
    """A recipe with which the model answers as its own program does.

    Attributes:
        recipe: what was found, or what was stated.
        ranking: what was tried, best first.
        untold: fields that the photos cannot tell: other values give the same answers.
    """

    recipe: ImportRecipe
    ranking: tuple[RankedRecipe, ...]
    untold: tuple[str, ...] = ()


def prove(model: ForeignModel, stated: ImportRecipe, answers: ReferenceAnswers) -> ProvedRecipe:
    """Keeps the stated recipe where it gives the reference answers, else searches in what was only assumed.

    What was given, or stands in the file, is never changed: where another value of it would fit, the refusal
    says so. Even a recipe that is within the bound is refused where one that contradicts it is much closer.

    Raises:
        ProofError: no recipe that may be taken gives the answers, or several do.
    """
    tried = ReferenceComparison(model, telling_photos(answers))
    free = free_fields(stated)
    _refuse_wrong_labels(tried, stated)
    start = time.monotonic()
    ranking = ranked(tried, _all_tried(tried, stated, free))
    if ranking[0].error > MAX_ERROR and time.monotonic() - start < EXPLAINED_S:
        ranking = _explained(tried, stated, free, ranking)
    return _taken(stated, tried.worst(stated), free, ranking)


def _explained(
    tried: ReferenceComparison,
    stated: ImportRecipe,
    free: Sequence[str],
    ranking: list[RankedRecipe],
) -> list[RankedRecipe]:
    """What would fit if the labels were in another order, or if nothing were stated.

    Raises:
        ProofError: with another order of the labels, what may be taken does fit.
    """
    in_any_order = tried.in_any_order()
    best = ranked(in_any_order, candidates(in_any_order, stated, free))[0]
    if best.error <= MAX_ERROR:
        _refuse_wrong_labels(tried, best.recipe)
    if len(free) < len(SEARCHED):
        return ranked(tried, candidates(tried, stated, SEARCHED))
    return ranking


def _all_tried(tried: ReferenceComparison, stated: ImportRecipe, free: Sequence[str]) -> list[ImportRecipe]:
    """The stated recipe, all that may be taken in its place, and those that contradict it in one respect."""
    rivals = [*pixel_candidates(stated, PIXEL_FIELDS), *geometry_candidates(stated, GEOMETRY_FIELDS)]
    return list(dict.fromkeys([stated, *candidates(tried, stated, free), *rivals]))


def _taken(
    stated: ImportRecipe, error: float, free: Sequence[str], ranking: Sequence[RankedRecipe]
) -> ProvedRecipe:
    """The stated recipe with its error, or the best of the ranking, if it may be taken."""
    bound = GAP * max(ranking[0].error, NOISE)
    if error <= min(MAX_ERROR, bound):
        alike = (one.recipe for one in ranking if one.error <= error + EXACT)
        untold = {name for recipe in alike for name in changed_fields(recipe, stated)}
        return ProvedRecipe(stated, tuple(ranking), tuple(sorted(untold)))
    if ranking[0].error > MAX_ERROR:
        closest = f"the closest is off by {ranking[0].error:.3f}"
        raise _refusal(f"no recipe gives the reference answers, {closest}", ranking)
    ties = [one.recipe for one in ranking if one.error <= ranking[0].error + EXACT]
    best = min(ties, key=lambda recipe: len(changed_fields(recipe, stated)))
    changed = changed_fields(best, stated)
    _refuse_contradicted(stated, best, [name for name in changed if name not in free], ranking)
    rivals = [one for one in ranking[len(ties) :] if one.error <= GAP * ranking[0].error]
    untold = {name for recipe in ties for name in changed_fields(recipe, best)}
    same = (untold & {*changed}) - {*_OF_A_PIXEL}
    if rivals:
        same |= {*changed_fields(rivals[0].recipe, best)}
    if same:
        raise _refusal(_undecided(sorted(same)), ranking)
    origins = {**stated.origins, **dict.fromkeys(changed, Origin.FOUND)}
    return ProvedRecipe(replace(best, origins=origins), tuple(ranking), tuple(sorted(untold)))


def _undecided(names: Sequence[str]) -> str:
    options = " and ".join(f"--{name.replace('_', '-')}" for name in names)
    return (
        f"recipes that differ in {', '.join(names)} fit about as well: pass {options}, or answers for more "
        "photos, some of them far from square"
    )


def _refuse_contradicted(
    stated: ImportRecipe, best: ImportRecipe, fields: Sequence[str], ranking: Sequence[RankedRecipe]
) -> None:
    if fields:
        right = ", ".join(f"{name} {shown(getattr(best, name))}" for name in fields)
        wrong = ", ".join(f"{shown(getattr(stated, name))} ({stated.origins[name]})" for name in fields)
        raise _refusal(f"the reference answers are those of {right}, not of {wrong}", ranking)


def _refuse_wrong_labels(tried: ReferenceComparison, stated: ImportRecipe) -> None:
    """Says in which order the labels would fit, where each output is another label's column.

    Raises:
        ProofError: that is so.
    """
    expected = tried.answers.probabilities
    found = tried.probabilities(stated)
    columns = tried.answers.columns(stated.labels)
    apart = np.abs(found[:, :, None] - expected[:, None, :]).max(axis=0)  # (outputs, columns)
    own = apart.argmin(axis=0)
    if apart.min(axis=0).max() > MAX_ERROR or len({*own.tolist()}) < len(columns) or own.tolist() == columns:
        return
    names = dict(zip(own.tolist(), (stated.labels[column] for column in columns), strict=True))
    order = ", ".join(names.get(place, "?") for place in range(min(len(stated.labels), 10)))
    raise ProofError(
        "the labels are in another order than the outputs: the reference answers fit the order "
        f"{order}{', ...' if len(stated.labels) > 10 else ''}; pass --labels so"
    )


def _refusal(reason: str, ranking: Sequence[RankedRecipe]) -> ProofError:
    photos = ranking[0].photos
    rows = {
        f"{place}. {one.describe(photos)}": one.recipe.describe(SEARCHED)
        for place, one in enumerate(ranking[:SHOWN], start=1)
    }
    return ProofError(f"{reason}; nothing was written", rows)


def free_fields(stated: ImportRecipe) -> list[str]:
    """The fields that a search may change: what was only assumed."""
    return [name for name in SEARCHED if stated.origins.get(name) in (None, Origin.ASSUMED)]
