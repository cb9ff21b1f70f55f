"""A Haar cascade and the pictures that it is shown."""

import numpy as np
import pytest

from edgebreed.edge.detectors.cascade import PATCH, face_patch, grouped, scaled, shrunk, tilted

from ...conftest import GREY, plain

GREY_FRAME = plain(GREY, 640, 360)[..., 0]


def test_windows_of_one_face_become_one_box() -> None:
    """A single window stands where no neighbour is asked for."""
    windows = [(10, 10, 40, 40), (12, 11, 40, 40), (200, 50, 30, 30)]
    assert [(11, 10, 40, 40), (200, 50, 30, 30)] == sorted(grouped(windows, 0))
    assert [(11, 10, 40, 40)] == grouped(windows, 1)
    assert [] == grouped([], 0)


def test_a_picture_is_shrunk_and_never_enlarged() -> None:
    """To the longer side, with the ratio that leads back."""
    small, ratio = shrunk(GREY_FRAME, 320)
    assert ((180, 320), 0.5) == (small.shape, ratio)
    assert (20, 40, 60, 80) == scaled((10, 20, 30, 40), ratio)
    same, ratio = shrunk(GREY_FRAME, 9999)
    assert (GREY_FRAME.shape, 1.0) == (same.shape, ratio)


@pytest.mark.parametrize("shape", [(3, 2000), (2000, 1)])
def test_a_strip_keeps_a_side_of_a_pixel(shape: tuple[int, int]) -> None:
    """Its shorter side would round to none."""
    assert 1 == min(shrunk(np.zeros(shape, np.uint8), 320)[0].shape)


def test_a_patch_is_a_square_also_at_the_frames_edge() -> None:
    """The edge is repeated outwards; a turned patch keeps its size."""
    patch = face_patch(GREY_FRAME, (-20, -20, 100, 100))
    assert (PATCH, PATCH) == patch.shape == tilted(patch, 15).shape


def test_a_patch_shows_the_candidate_in_its_middle() -> None:
    """With a margin of a quarter on each side."""
    frame = np.zeros((100, 100), np.uint8)
    frame[40:60, 30:50] = 255
    patch = face_patch(frame, (30, 40, 20, 20))
    inside = slice(PATCH // 2 - 16, PATCH // 2 + 16)
    assert patch[inside, inside].mean() > 250
    assert patch[:8].max() < 50
