"""Results drawn onto frames."""

from dataclasses import replace

import numpy as np
import pytest

from edgebreed.edge.annotate import draw_faces, draw_result
from edgebreed.edge.prediction import Kind, Prediction, Result

from ..conftest import GREY, plain

FACES = ((10, 20, 30, 40),)
RESULT = Result("x", Kind.KNOWN, (Prediction("square", 0.91),), "shape: square (91%)", FACES)


def test_the_frame_itself_is_not_changed() -> None:
    """Boxes are drawn into a copy."""
    frame = plain(GREY, 100, 80)
    drawn = draw_faces(frame, FACES)
    assert (frame == GREY).all()
    assert (drawn[20, 10:40] != GREY).any(axis=1).all()


def test_the_summary_is_below_the_picture() -> None:
    """It hides nothing of the picture, and its bar contains text."""
    drawn = draw_result(plain(GREY, 200, 100), RESULT)
    assert drawn.shape[0] > 100
    assert 1 < len(np.unique(drawn[100:].reshape(-1, 3), axis=0))


@pytest.mark.parametrize(
    "text", ["\ud800", "n\udcff.jpg", "a\0b", "\x1b[2J\n", "\u202eabc", "\u65e5\u672c", "x" * 1_000_000]
)
def test_any_text_is_drawn(text: str) -> None:
    """Half of a letter, bytes that are no UTF-8, what steers a terminal, and more than anybody reads."""
    drawn = draw_result(plain(GREY, 200, 100), replace(RESULT, summary=text))
    assert 1 < len(np.unique(drawn[100:].reshape(-1, 3), axis=0))


def test_tiny_frames_can_be_drawn_on() -> None:
    """Down to a few pixels."""
    assert 12 == draw_result(plain(GREY, 12, 9), RESULT).shape[1]
