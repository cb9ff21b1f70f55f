"""Faces by Haar cascades."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from edgebreed.edge.haar import HaarDetector, HaarSettings
from edgebreed.edge.images import Frame
from edgebreed.errors import EngineError

from ..conftest import GREY, plain


@pytest.fixture(scope="module")
def astronaut() -> Frame:
    """A photograph of one person, 512x512."""
    return np.ascontiguousarray(data.astronaut()[..., ::-1])


def test_a_face_is_found_where_it_is(astronaut: Frame) -> None:
    """One box, over the face of the photograph."""
    ((left, top, width, height),) = HaarDetector().detect(astronaut)
    assert left < 224 < left + width
    assert top < 110 < top + height


def test_boxes_are_in_pixels_of_the_frame(astronaut: Frame) -> None:
    """A camera of four times the resolution gives the same box, four times as large."""
    enlarged = np.asarray(cv2.resize(astronaut, None, fx=4, fy=4), np.uint8)
    small, large = HaarDetector().detect(astronaut)[0], HaarDetector().detect(enlarged)[0]
    assert np.abs(np.divide(large, 4) - small).max() < 12


def test_a_wall_has_no_face() -> None:
    """Nothing is found where nothing is."""
    assert [] == HaarDetector().detect(plain(GREY, 640, 480))


def test_tiny_frames_are_searched_without_a_crash() -> None:
    """Smaller than the smallest face."""
    assert [] == HaarDetector().detect(plain(GREY, 3, 2))


def test_a_file_that_is_no_cascade_is_named(tmp_path: Path) -> None:
    """The message names the file and what to give."""
    (tmp_path / "x.xml").write_text("<?xml version='1.0'?><opencv_storage></opencv_storage>")
    with pytest.raises(EngineError, match=r"x\.xml is no Haar cascade: give one of"):
        HaarDetector(cascade=tmp_path / "x.xml")


def test_settings_that_cannot_search_are_refused() -> None:
    """The message holds the settings and their limits."""
    with pytest.raises(ValueError, match="scale_factor=1.0.*scale_factor > 1"):
        HaarSettings(scale_factor=1.0)
