"""Recall and cost of the face detector."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from edgebreed.benchmarks.studies.haar_recall import (
    CONDITIONS,
    ViewingCondition,
    agreed_face,
    compare_detectors,
    covers,
    render,
)
from edgebreed.edge.images import Frame

from ...conftest import GREY, plain


@pytest.fixture(scope="module")
def astronaut() -> Frame:
    """A photograph of one person, 512x512."""
    return np.ascontiguousarray(data.astronaut()[..., ::-1])


@pytest.mark.slow
def test_the_cascades_agree_on_the_face_and_on_nothing(astronaut: Frame) -> None:
    """Over the face of the photograph; a wall has none."""
    face = agreed_face(astronaut)
    assert face is not None
    assert face[0] < 224 < face[0] + face[2]
    assert agreed_face(plain(GREY, 640, 480)) is None


@pytest.mark.parametrize(
    "condition", [*CONDITIONS, ViewingCondition("both", 0.3, 40.0)], ids=lambda c: c.name
)
def test_a_face_is_followed_to_where_it_is_rendered(condition: ViewingCondition) -> None:
    """A mark on the photo lies where the affine matrix says, whatever was done to it."""
    photo = plain((0, 0, 0), 300, 500)
    photo[100:140, 200:240] = 255
    frame, affine = render(photo, condition)
    assert (1080, 1920, 3) == frame.shape
    x, y = affine @ (220, 120, 1)
    assert frame[round(y), round(x)].min() > 150
    size = 40 * float(np.hypot(affine[0, 0], affine[0, 1]))
    box = tuple(round(value) for value in (x - size / 2, y - size / 2, size, size))
    assert covers(box, (200, 100, 40, 40), affine)  # type: ignore[arg-type]  # a box has four numbers
    assert not covers((0, 0, 1900, 1000), (200, 100, 40, 40), affine)


@pytest.mark.slow
def test_both_detectors_are_scored_on_the_same_pictures(tmp_path: Path, astronaut: Frame) -> None:
    """Faces found, other boxes, time; and photos without a face."""
    for name, picture in (("person", astronaut), ("wall", plain(GREY, 640, 480))):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "1.png"), picture)
    figures = compare_detectors(
        [tmp_path / "person" / "1.png"], [tmp_path / "wall" / "1.png"], CONDITIONS[:1]
    )
    assert {"plain": 1.0, "edgebreed": 1.0} == figures["recall"]
    assert 1 == figures["conditions"]["upright"]["edgebreed"]["of"]
    assert 0 == figures["without_faces"]["edgebreed"]["found"]
    assert figures["cost_ratio"] > 0
