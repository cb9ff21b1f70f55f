"""A classifier as other programs keep theirs."""

import csv
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from foreign_classifier import preprocess, read

from ..conftest import ROOT, Cli

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the program writes, as a user runs it."""
    folder = tmp_path_factory.mktemp("user")
    for words in (("surfaces.py", "surfaces"), ("foreign_classifier.py", "surfaces", "foreign")):
        program, *arguments = words
        subprocess.run((sys.executable, EXAMPLES / program, *arguments), cwd=folder, check=True)
    return folder


def rows(folder: Path) -> list[list[str]]:
    """The lines of the reference."""
    with (folder / "foreign" / "reference.csv").open(newline="") as file:
        return list(csv.reader(file))


def test_the_network_answers_as_its_program(folder: Path) -> None:
    """The graph and the lines of NumPy are the same, to the last digit that is written."""
    session = onnxruntime.InferenceSession(folder / "foreign" / "model.onnx")
    for image, *expected in rows(folder)[1:]:
        photo = preprocess(read(folder / "foreign" / image))
        logits = session.run(None, {"input": photo[None]})[0][0]
        powers = np.exp(logits - logits.max())
        np.testing.assert_allclose(powers / powers.sum(), np.array(expected, float), atol=2e-6)


def test_the_program_is_mostly_right(folder: Path) -> None:
    """About photos that it has not learned from, though some are cut to half."""
    labels = rows(folder)[0][1:]
    best = [(image, labels[int(np.argmax(np.array(row, float)))]) for image, *row in rows(folder)[1:]]
    assert labels == (folder / "foreign" / "labels.txt").read_text().split()
    assert 0.7 < np.mean([Path(image).name.startswith(f"{label}-") for image, label in best])


def test_photos_differ_in_shape(folder: Path) -> None:
    """Of squares alone, nobody could tell one way of resizing from another."""
    shapes = {read(folder / "foreign" / image).shape for image, *_ in rows(folder)[1:]}
    assert 4 == len(shapes)


def test_the_file_says_nothing_of_the_recipe_and_the_reference_tells_it(
    folder: Path, cli: Cli, tmp_path: Path
) -> None:
    """Which is what the model is for."""
    foreign, out = folder / "foreign", tmp_path / "out.onnx"
    options = ("--labels", foreign / "labels.txt", "--reference", foreign / "reference.csv", "--out", out)
    recipe = cli("import", foreign / "model.onnx", *options, "--json").json["recipe"]
    found = {name: field["value"] for name, field in recipe.items() if field["origin"] == "found"}
    assert "bgr" == found["channels"]
    assert [0.406, 0.456, 0.485] == found["mean"]
    assert ("squash", "cv2-linear") == (found["resize"], found["interpolation"])


def test_what_is_there_stays(folder: Path) -> None:
    """The program writes into a folder of its own."""
    words = (sys.executable, EXAMPLES / "foreign_classifier.py", "surfaces", "foreign")
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert 2 == done.returncode
    assert "foreign exists: name another" in done.stderr


def test_photos_are_resized_as_opencv_does() -> None:
    """Blue comes first, and channels come before rows."""
    blue = cv2.resize(np.full((4, 6, 3), (255, 0, 0), np.uint8), (12, 8))
    found = preprocess(np.asarray(blue, np.uint8))
    assert (3, 96, 96) == found.shape
    np.testing.assert_allclose(found[:, 0, 0], [0.594 / 0.225, -0.456 / 0.224, -0.485 / 0.229], rtol=1e-5)
