"""What labelled photos say of recipes."""

from typing import Any

import numpy as np
import pytest

from edgebreed.edge.resampling import Interpolation
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin
from edgebreed.export.importer.photo_ranking import PHOTOS, PhotoRanking, rank_by_photos
from edgebreed.export.importer.pixel_transform import Channels
from edgebreed.export.importer.recipe_candidates import PIXEL_FIELDS
from edgebreed.train.dataset import LabelledImage

from .onnx_made import LABELS, answers_of, foreign, given, stated, write_photos

RIGHT = stated(channels=Channels.BGR)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[LabelledImage]:
    """Photos, each with the label that the model is sure of with the right recipe."""
    paths = write_photos(tmp_path_factory.mktemp("photos"), 40)
    labels = answers_of(foreign(), RIGHT, paths).probabilities.argmax(axis=1).tolist()
    return [LabelledImage(path, label) for path, label in zip(paths, labels, strict=True)]


def ranking(images: list[LabelledImage], recipe: ImportRecipe, *free: str) -> PhotoRanking:
    """What the photos say where some fields are free."""
    return rank_by_photos(foreign(), recipe, images, free)


def test_a_swap_of_channels_is_found(images: list[LabelledImage]) -> None:
    """Its origin says so; accuracy and loss are those of the recipe."""
    found = ranking(images, stated(), "channels")
    assert (RIGHT, Origin.FOUND) == (found.recipe, found.recipe.origins["channels"])
    assert (40, 1.0) == (found.n, found.top1)
    wrong = ranking(images, given(stated(), "channels"))
    assert stated() == wrong.recipe
    assert (wrong.n, wrong.top1 < 0.8, wrong.log_loss > 2 * found.log_loss) == (40, True, True)
    assert Origin.GIVEN is wrong.recipe.origins["channels"]


def test_the_loss_is_the_mean_logarithm_of_the_right_labels_probability(
    images: list[LabelledImage],
) -> None:
    """In nats."""
    rows = answers_of(foreign(), stated(), [image.path for image in images]).probabilities
    right = rows[np.arange(len(images)), [image.label for image in images]]
    assert -np.log(np.clip(right, 1e-7, 1)).mean() == pytest.approx(ranking(images, stated()).log_loss)


@pytest.mark.parametrize("changes", [{}, {"interpolation": Interpolation.CV2_AREA}])
def test_what_labels_cannot_tell_stays_as_it_is(changes: dict[str, Any], images: list[LabelledImage]) -> None:
    """Interpolations hardly move a label's probability; the ranking names the field."""
    recipe = stated(channels=Channels.BGR, **changes)
    found = ranking(images, recipe, "interpolation")
    assert recipe == found.recipe
    assert ("interpolation",) == found.untold
    assert Origin.ASSUMED is found.recipe.origins["interpolation"]


def test_nothing_is_free_and_nothing_is_untold(images: list[LabelledImage]) -> None:
    """The recipe is only measured."""
    found = ranking(images, RIGHT)
    assert (RIGHT, ()) == (found.recipe, found.untold)


def test_a_recipe_is_not_worse_than_the_one_it_began_with(images: list[LabelledImage]) -> None:
    """Channels and scaling, and then the rule."""
    began, found = ranking(images, stated()), ranking(images, stated(), *PIXEL_FIELDS, "resize")
    assert found.log_loss < began.log_loss / 2
    assert Channels.BGR is found.recipe.channels
    assert {*found.untold} <= {*PIXEL_FIELDS, "resize"}


def test_many_photos_are_thinned_evenly(images: list[LabelledImage]) -> None:
    """So that all classes stay."""
    found = ranking([image for image in images for _ in range(3)], RIGHT)
    assert (PHOTOS, 1.0) == (found.n, found.top1)


def test_labels_that_are_all_wrong_are_measured_as_such(images: list[LabelledImage]) -> None:
    """Accuracy 0, and a loss that stays finite."""
    wrong = [LabelledImage(image.path, (image.label + 1) % len(LABELS)) for image in images]
    found = ranking(wrong, RIGHT)
    assert 0.0 == found.top1
    assert 2 < found.log_loss <= -np.log(1e-7)
