"""Faces by Haar cascades."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from edgebreed.edge.boxes import Box
from edgebreed.edge.detectors import HaarDetector, HaarSettings
from edgebreed.edge.images import Frame
from edgebreed.errors import EngineError, ImageError

from ...conftest import GREY, plain


@pytest.fixture(scope="module")
def astronaut() -> Frame:
    """A photograph of one person, 512x512."""
    return np.ascontiguousarray(data.astronaut()[..., ::-1])


def boxes(detector: HaarDetector, frame: Frame) -> list[Box]:
    """The boxes of all faces."""
    return [found.box for found in detector.detect(frame)]


def test_a_face_is_found_where_it_is(astronaut: Frame) -> None:
    """One box, over the face of the photograph."""
    ((left, top, width, height),) = boxes(HaarDetector(), astronaut)
    assert left < 224 < left + width
    assert top < 110 < top + height


def test_boxes_are_in_pixels_of_the_frame(astronaut: Frame) -> None:
    """A camera of four times the resolution gives the same box, four times as large."""
    enlarged = np.asarray(cv2.resize(astronaut, None, fx=4, fy=4), np.uint8)
    small, large = boxes(HaarDetector(), astronaut)[0], boxes(HaarDetector(), enlarged)[0]
    assert np.abs(np.divide(large, 4) - small).max() < 12


def test_a_wall_has_no_face() -> None:
    """Nothing is found where nothing is."""
    assert [] == HaarDetector().detect(plain(GREY, 640, 480))


def test_tiny_frames_are_searched_without_a_crash() -> None:
    """Smaller than the smallest face."""
    assert [] == HaarDetector().detect(plain(GREY, 3, 2))


def test_other_arrays_are_refused() -> None:
    """OpenCV would fail on grey pixels in its own words, and search floats for nothing."""
    wrongs: list[Any] = [plain(GREY)[..., 0], plain(GREY).astype(np.float32)]
    for wrong in wrongs:
        with pytest.raises(ImageError, match=r"give \(H, W, 3\) uint8 BGR"):
            HaarDetector().detect(wrong)


def test_a_tilted_face_is_found(astronaut: Frame) -> None:
    """Fifteen degrees to either side."""
    for degrees in (-15, 15):
        turn = cv2.getRotationMatrix2D((256, 256), degrees, 1.0)
        x, y = turn @ (224, 110, 1)
        turned = np.asarray(
            cv2.warpAffine(astronaut, turn, (512, 512), borderValue=(114, 114, 114)), np.uint8
        )
        found = boxes(HaarDetector(), turned)
        assert any(left < x < left + width and top < y < top + height for left, top, width, height in found)


def test_faces_from_the_side_are_found_in_both_directions(astronaut: Frame) -> None:
    """A mirrored picture gives the mirrored boxes; where none is wanted, none is searched."""
    sides = HaarSettings(min_support=1000, profile_side=512, profile_neighbors=0)
    found = boxes(HaarDetector(sides), astronaut)
    mirrored = boxes(HaarDetector(sides), np.ascontiguousarray(astronaut[:, ::-1]))
    assert len(found) >= 2
    assert sorted((512 - left - width, top, width, height) for left, top, width, height in found) == sorted(
        mirrored
    )
    assert [] == HaarDetector(replace(sides, profile=False)).detect(astronaut)


def test_a_file_that_is_no_cascade_is_named(tmp_path: Path) -> None:
    """The message names the file and what to give."""
    (tmp_path / "haarcascade_frontalface_default.xml").write_text(
        "<?xml version='1.0'?><opencv_storage></opencv_storage>"
    )
    with pytest.raises(EngineError, match=r"frontalface_default\.xml is no Haar cascade: give one of"):
        HaarDetector(folder=tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"scale_factor": 1.0001},
        {"scale_factor": float("inf")},
        {"largest_side": 9},
        {"largest_side": 2**31},
        {"profile_side": float("nan")},
        {"min_share": 1.0},
        {"tilt": "15"},
        {"profile": 1},
    ],
)
def test_settings_that_cannot_search_are_refused(wrong: dict[str, float]) -> None:
    """The message holds the settings and their limits."""
    (name, value) = next(iter(wrong.items()))
    with pytest.raises(ValueError, match=f"^{name} is {value!r}: .* is allowed$"):
        HaarSettings(**wrong)  # type: ignore[arg-type]  # one of several types, by name
