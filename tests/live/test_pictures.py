"""Annotated pictures as JPEG."""

import numpy as np

from edgebreed.edge.images import decode
from edgebreed.live.pictures import Pictures

from ..conftest import BLUE, plain
from .feed import answered, result

FACE_YELLOW = (0, 200, 255)  # BGR, as `annotate` draws it


def test_who_asks_for_the_same_answer_gets_the_same_bytes() -> None:
    """Each answer is encoded once."""
    pictures, first, second = Pictures(320, 80), answered(0), answered(1)
    assert pictures.jpeg(first) is pictures.jpeg(first)
    assert 1 == pictures.encoded
    pictures.jpeg(second)
    assert 2 == pictures.encoded


def test_a_large_frame_is_made_smaller_with_its_faces() -> None:
    """The box is drawn where the face is in the smaller picture; the frame is left as it was."""
    frame = plain(BLUE, 1280, 640)
    answer = answered(0, frame, result(faces=((400, 200, 200, 200),)))
    picture = decode(Pictures(320, 95).jpeg(answer))
    assert (160 + 24, 320) == picture.shape[:2]
    assert np.abs(picture[50, 105:145].astype(int) - FACE_YELLOW).max() < 60
    assert np.abs(picture[20, 20].astype(int) - BLUE).max() < 20
    assert (frame == BLUE).all()


def test_a_small_frame_keeps_its_size() -> None:
    """The bar with the answer is added below."""
    assert (48 + 24, 64) == decode(Pictures(320, 80).jpeg(answered())).shape[:2]
