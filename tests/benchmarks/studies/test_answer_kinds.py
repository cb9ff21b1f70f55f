"""Answers counted by folder."""

from pathlib import Path

import cv2
import pytest

from edgebreed.benchmarks.studies.answer_kinds import answers_of
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.pipeline import Pipeline

from ...conftest import BLUE, GREY, RED, plain


def test_answers_are_counted_and_compared_with_the_folders(colours: Path, tmp_path: Path) -> None:
    """A red and a blue photo in the folder `red`, and one in a folder of no class."""
    for name, colour in (("red/0.png", RED), ("red/1.png", BLUE), ("other/2.png", GREY)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), plain(colour))
    with Pipeline.open(colours, EngineOptions("cpu")) as pipeline:
        counts = answers_of(pipeline, tmp_path)
    assert (3, 2, 1) == (counts["photos"], counts["of_known_classes"], counts["right"])
    assert 3 == counts["known"] + counts["person"] + counts["unknown"]
    assert (0.0945, 0.9055) == pytest.approx(counts["right_interval"], abs=1e-4)  # Wilson's for 1 of 2
