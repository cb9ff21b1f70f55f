"""Accuracy as a user gets it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data as photographs

from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.formats import write_model
from edgebreed.edge.task import Rejection, RejectionScore, Task
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.delivered import Delivered, answered_kinds, describe_unknown, measure_delivered
from edgebreed.train.evaluation import Evaluation

from ..conftest import BLUE, GREY, RED, Cli, colour_manifest, colour_model, plain

HIGH = 0.9  # a threshold that a picture of many colours stays below


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """One image of each kind of answer, and a second one of a right class."""
    person = np.ascontiguousarray(photographs.astronaut()[..., ::-1])
    images = {
        "red/right.png": plain(RED),
        "red/wrong.png": plain((250, 0, 0)),  # not the bytes of blue/right.png
        "green/withheld.png": plain(GREY),
        "blue/person.png": person,
        "blue/right.png": plain(BLUE),
    }
    for name, image in images.items():
        (tmp_path / "images" / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "images" / name), image)
    return tmp_path / "images"


def outcome(answer: dict[str, Any]) -> str:
    """What one of `predict`'s answers is worth, by the folder that the image lies in."""
    if answer["kind"] == "known":
        return "right" if answer["label"].lower() == Path(answer["source"]).parent.name else "wrong"
    return "person" if answer["kind"] == "person" else "withheld"


@pytest.mark.parametrize(("people", "person"), [(True, "person"), (False, "withheld")])
def test_it_is_what_predict_answers(labelled: Path, cli: Cli, people: bool, person: str) -> None:
    """Image by image, by the same threshold; nobody is a person where people are not answered."""
    model = labelled.parent / "m.onnx"
    write_model(model, colour_model(), colour_manifest(task=Task.of(None, people)))
    options = ("--model", model, "--unknown-below", HIGH, "--json")
    answers = [json.loads(line) for line in cli("predict", labelled, *options).out.splitlines()]
    evaluation = Evaluation.open(labelled, model, "test").with_threshold(HIGH)
    kinds = answered_kinds(evaluation.outputs(""), evaluation.images, evaluation.description)
    predicted = {answer["source"]: answer["kind"] for answer in answers}
    measured = {str(image.path): kind for image, kind in zip(evaluation.images, kinds, strict=True)}
    assert predicted == measured
    assert [person, "right", "withheld", "right", "wrong"] == [outcome(answer) for answer in answers]
    counts = Counter(outcome(answer) for answer in answers)
    delivered = cli("evaluate", labelled, *options).json["delivered"]
    assert {name: counts[name] / 5 for name in ("right", "wrong", "withheld", "person")} == delivered
    assert 1 == pytest.approx(sum(delivered.values()))


def test_without_a_threshold_it_is_the_likeliest_class(labelled: Path, cli: Cli, colours: Path) -> None:
    """Nothing is withheld, and no face is searched."""
    found = cli("evaluate", labelled, "--model", colours, "--unknown-below", "off", "--json").json
    assert (found["top1"], 0.0, 0.0) == tuple(
        found["delivered"][key] for key in ("right", "withheld", "person")
    )
    table = cli("evaluate", labelled, "--model", colours, "--unknown-below", "off").out
    assert "withheld 0.0%" in table


def test_the_score_that_the_threshold_is_of_decides() -> None:
    """Here the second output, as a trained model with negatives has it; images are then not even read."""
    outputs = ModelOutputs(
        np.array([[0.6, 0.4], [0.6, 0.4], [0.9, 0.1]], np.float32), np.array([0.9, 0.7, 0.2], np.float32)
    )
    images = [LabelledImage(Path("gone.png"), label) for label in (0, 1, 0)]
    rejection = Rejection(RejectionScore.IN_DISTRIBUTION, 0.5)
    policy = colour_manifest(task=Task.of(None, people=False), rejection=rejection)
    assert Delivered(1 / 3, 1 / 3, 1 / 3, 0.0) == measure_delivered(outputs, images, policy)


def test_classes_that_are_shown_by_one_name_are_one_answer() -> None:
    """A user who reads that name of an image of either class reads what is right."""
    outputs = ModelOutputs(np.array([[0.6, 0.4, 0.0], [0.6, 0.0, 0.4]], np.float32), None)
    images = [LabelledImage(Path("gone.png"), label) for label in (1, 2)]
    policy = colour_manifest(labels=("Warm", "Warm", "Cold"), rejection=Rejection())
    assert Delivered(0.5, 0.5, 0.0, 0.0) == measure_delivered(outputs, images, policy)


def test_a_line_says_why_nothing_is_unknown() -> None:
    """And that nobody can be a person then."""
    never = Rejection(reason="no negatives were given")
    alone = colour_manifest(task=Task.of(None, False), rejection=never)
    assert "never answered: no negatives were given" == describe_unknown(alone)
    with_people = colour_manifest(task=Task.of(None, True), rejection=never)
    assert "nobody can be answered as a person then" in describe_unknown(with_people)
    assert "person then" not in describe_unknown(with_people.with_threshold(0.5))
