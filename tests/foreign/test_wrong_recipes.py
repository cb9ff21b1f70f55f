"""A recipe of which one field is wrong is refused: the program's own answers tell."""

from dataclasses import replace
from pathlib import Path

import pytest

from ..conftest import Cli
from .conftest import AnswersOf, PackageAnswers
from .recipes import RECIPES

pytestmark = [pytest.mark.foreign, pytest.mark.keras]
WRONG = [(package, name) for package, recipe in RECIPES.items() for name in recipe.wrong]


@pytest.mark.parametrize(("package", "wrong"), WRONG)
def test_a_wrong_field_is_refused(
    package: str, wrong: str, answers_of: AnswersOf, tmp_path: Path, cli: Cli
) -> None:
    """By the answers, or by the model's own input; nothing is written."""
    message = assert_not_taken(cli, package, wrong, answers_of(package, False), tmp_path)
    expected = "--layout" if wrong == "layout" else "reference answers"
    assert expected in message


@pytest.mark.parametrize("package", RECIPES)
def test_labels_in_another_order_are_refused(
    package: str, answers_of: AnswersOf, tmp_path: Path, cli: Cli
) -> None:
    """Each label one place further; the reference names the columns."""
    answers = answers_of(package, False)
    first, *others = answers.labels.read_text().splitlines()
    rotated = tmp_path / "rotated.txt"
    rotated.write_text("\n".join([*others, first]))
    message = assert_not_taken(cli, package, None, replace(answers, labels=rotated), tmp_path)
    assert "labels" in message


def assert_not_taken(cli: Cli, package: str, wrong: str | None, answers: PackageAnswers, folder: Path) -> str:
    """The answer is bad, or the request at fault, and no file is there; returns the message."""
    recipe = RECIPES[package]
    path = folder / f"m{'.tflite' if recipe.path.suffix == '.tflite' else '.onnx'}"
    outcome = cli("import", recipe.path, *recipe.arguments(wrong), *answers.arguments, "--out", path)
    assert outcome.code in (1, 2), outcome.out
    assert not path.exists()
    return outcome.err.splitlines()[-1]
