"""Whether a recipe is right, by the original program's answers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError, ProofError
from edgebreed.export.importer.foreign_onnx import ForeignOnnx
from edgebreed.export.importer.import_recipe import ImportRecipe, Origin
from edgebreed.export.importer.pixel_transform import Channels, OutputKind
from edgebreed.export.importer.recipe_candidates import IMAGENET_MEAN, IMAGENET_STD, SEARCHED
from edgebreed.export.importer.recipe_proof import free_fields, prove
from edgebreed.export.importer.recipe_search import MAX_ERROR
from edgebreed.export.importer.reference_answers import ReferenceAnswers

from .onnx_made import LABELS, answers_of, classifier, foreign, given, stated, write_photos

Ask = Callable[..., ReferenceAnswers]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Of several shapes."""
    return write_photos(tmp_path_factory.mktemp("photos"))


@pytest.fixture
def asked(photos: list[Path]) -> Ask:
    """The answers of the original program, which uses the model by any recipe."""
    return lambda **changes: answers_of(foreign(), stated(**changes), photos)


def refused(
    answers: ReferenceAnswers, recipe: ImportRecipe, reason: str, model: ForeignOnnx | None = None
) -> ProofError:
    """The refusal of a recipe."""
    with pytest.raises(ProofError, match=reason) as caught:
        prove(model or foreign(), recipe, answers)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("origin", [Origin.GIVEN, Origin.ASSUMED])
def test_a_right_recipe_is_kept(origin: Origin, asked: Ask) -> None:
    """Whoever states it; nothing is found, as nothing was looked for."""
    proved = prove(foreign(), stated(origin), asked())
    assert stated() == proved.recipe
    assert {origin} == set(proved.recipe.origins.values())
    assert (0.0, 16, ()) == (proved.ranking[0].error, proved.ranking[0].photos, proved.untold)


FOUND: list[dict[str, Any]] = [
    {"channels": Channels.BGR, "mean": IMAGENET_MEAN[::-1], "std": IMAGENET_STD[::-1]},
    {"mean": (0.0,), "std": (1.0,), "interpolation": Interpolation.CV2_AREA},
    {"scale": 1 / 127.5, "mean": (1.0,), "std": (1.0,), "resize": ResizeRule.LETTERBOX, "padding": 0},
    {"resize": ResizeRule.TOP_LEFT, "padding": 128, "rounding": Rounding.CEIL},
    {"interpolation": Interpolation.PIL_BICUBIC, "jpeg_quality": 75},
]


@pytest.mark.parametrize("changes", FOUND)
def test_what_was_assumed_is_searched(changes: dict[str, Any], asked: Ask) -> None:
    """Fields that changed are found; the others stay as they were."""
    proved = prove(foreign(), stated(), asked(**changes))
    assert stated(**changes) == proved.recipe
    found = {name for name, origin in proved.recipe.origins.items() if origin is Origin.FOUND}
    assert {*changes} - {"padding"} <= found | {*proved.untold}
    assert found <= {*SEARCHED}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"channels": Channels.BGR}, r"channels rgb, not of bgr \(given\)"),
    ({"scale": 1 / 127.5}, r"scale 0\.00392157, not of 0\.00784314 \(given\)"),
    ({"mean": (0.0,)}, r"mean 0\.485,0\.456,0\.406, not of 0 \(given\)"),
    ({"std": (1.0,)}, r"std 0\.229,0\.224,0\.225, not of 1 \(given\)"),
    ({"resize": ResizeRule.LETTERBOX}, r"resize squash, not of letterbox \(given\)"),
    (
        {"interpolation": Interpolation.CV2_NEAREST},
        r"interpolation pil-bilinear, not of cv2-nearest \(given\)",
    ),
    ({"jpeg_quality": 10}, r"jpeg_quality none, not of 10 \(given\)"),
]


@pytest.mark.parametrize(("changes", "reason"), WRONG)
def test_a_wrong_given_field_is_refused_with_the_right_value(
    changes: dict[str, Any], reason: str, asked: Ask
) -> None:
    """It is never changed; the table has what was tried."""
    error = refused(asked(), given(stated(**changes), *changes), reason)
    assert "nothing was written" in str(error)
    assert 6 == len(error.rows)
    assert all(row.startswith(f"{place}. off by") for place, row in enumerate(error.rows, start=1))


@pytest.mark.parametrize(("changes", "reason"), WRONG[::3])
def test_a_wrong_field_of_a_file_is_refused_too(changes: dict[str, Any], reason: str, asked: Ask) -> None:
    """With everything else from there."""
    refused(asked(), stated(Origin.FILE, **changes), reason.replace("given", "file"))


def test_a_recipe_that_nobody_tries_is_not_found(asked: Ask) -> None:
    """The table shows how far off the closest are."""
    error = refused(
        asked(scale=1 / 60, mean=(2.0,), std=(0.7,)),
        stated(),
        r"no recipe gives the reference answers, the closest is off by 0\.\d{3}; nothing was written",
    )
    first, *_ = error.rows.items()
    assert first[0].startswith("1. off by")
    assert first[1].startswith("channels ")


def test_answers_of_another_model_are_refused(asked: Ask) -> None:
    """Whatever the recipe."""
    refused(asked(), stated(), "no recipe gives the reference answers", foreign(classifier(gain=2.0)))


def test_square_photos_cannot_tell_rules(tmp_path: Path) -> None:
    """The stated rule stays, and what was found beside it is taken."""
    paths = write_photos(tmp_path, shapes=((80, 80), (64, 64), (97, 97)))
    answers = answers_of(foreign(), stated(channels=Channels.BGR), paths)
    proved = prove(foreign(), stated(), answers)
    assert stated(channels=Channels.BGR) == proved.recipe
    assert "resize" in proved.untold
    assert Origin.ASSUMED is proved.recipe.origins["resize"]


def test_a_rule_that_must_change_is_not_guessed(tmp_path: Path) -> None:
    """Square photos tell that no middle is cut out of them, and not which of the other rules is right."""
    paths = write_photos(tmp_path, shapes=((80, 80), (64, 64), (97, 97)))
    answers = answers_of(foreign(), stated(), paths)
    assumed = stated(resize=ResizeRule.SHORTER_SIDE, resize_to=18)
    refused(
        answers, assumed, "recipes that differ in resize_to fit about as well: pass --resize-to, or answers"
    )


def test_recipes_that_fit_about_as_well_are_refused(photos: list[Path]) -> None:
    """Answers that lie between two: each is within the bound, and none three times closer."""
    model = foreign(classifier(gain=1.0))
    one, two = (
        answers_of(model, stated(interpolation=kind), photos)
        for kind in (Interpolation.PIL_BILINEAR, Interpolation.CV2_AREA)
    )
    mean = np.float32(0.4) * one.probabilities + np.float32(0.6) * two.probabilities
    between = replace(one, probabilities=mean)
    assert np.abs(between.probabilities - one.probabilities).max() < MAX_ERROR
    assumed = stated(interpolation=Interpolation.CV2_NEAREST)
    refused(between, assumed, r"recipes that differ in [\w, ]+ fit about as well", model)


def test_noise_of_another_decoder_changes_nothing(asked: Ask) -> None:
    """Probabilities that were printed with three digits are as good."""
    answers = asked(channels=Channels.BGR)
    rough = replace(answers, probabilities=answers.probabilities.round(3))
    assert stated(channels=Channels.BGR) == prove(foreign(), stated(), rough).recipe


def test_labels_in_another_order_are_told(asked: Ask) -> None:
    """With the order that fits, before anything is searched."""
    turned = (*LABELS[1:], LABELS[0])
    error = refused(asked(), stated(labels=turned), "fit the order ash, elm, oak, yew; pass --labels so")
    assert "the labels are in another order than the outputs" in str(error)


def test_labels_in_another_order_are_told_beside_a_wrong_assumption(asked: Ask) -> None:
    """The channels are found in the same search."""
    turned = (*LABELS[1:], LABELS[0])
    refused(asked(channels=Channels.BGR), stated(labels=turned), "fit the order ash, elm, oak, yew")


def test_some_columns_suffice(asked: Ask) -> None:
    """Of three labels, the output that has no column is a question mark in the order."""
    answers = asked(channels=Channels.BGR)
    part = replace(answers, probabilities=answers.probabilities[:, 1:], labels=LABELS[1:])
    assert stated(channels=Channels.BGR) == prove(foreign(), stated(), part).recipe
    right = asked()
    part = replace(right, probabilities=right.probabilities[:, 1:], labels=LABELS[1:])
    swapped = ("yew", "ash", "elm", "oak")
    refused(part, stated(labels=swapped), r"fit the order \?, elm, oak, yew; pass --labels so")


def test_columns_of_no_label_are_refused(asked: Ask) -> None:
    """Before anything is tried."""
    answers = replace(asked(), labels=(*LABELS[:3], "fir"))
    with pytest.raises(InputError, match="--reference has a column 'fir'"):
        prove(foreign(), stated(), answers)


def test_labels_that_hold_or_not_are_proved_too(photos: list[Path]) -> None:
    """By the sigmoid of each output."""
    several = stated(output=OutputKind.SIGMOID)
    answers = answers_of(foreign(), replace(several, channels=Channels.BGR), photos)
    assert Channels.BGR is prove(foreign(), several, answers).recipe.channels


def test_only_what_was_assumed_is_free() -> None:
    """And may be searched at all."""
    recipe = given(stated(), "channels", "resize")
    assert [name for name in SEARCHED if name not in ("channels", "resize")] == free_fields(recipe)
    assert [] == free_fields(stated(Origin.FILE, resize_to=16, jpeg_quality=75))
