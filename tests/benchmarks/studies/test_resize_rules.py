"""Photos in frames of another shape."""

import numpy as np
import pytest

from edgebreed.benchmarks.studies.resize_rules import place_off_centre
from edgebreed.edge.images import Frame


@pytest.mark.parametrize(("wide", "shape"), [(True, (90, 160, 3)), (False, (160, 90, 3))])
def test_the_photo_is_whole_and_at_the_same_position_each_time(wide: bool, shape: tuple[int, ...]) -> None:
    """Nothing of it is cut off or scaled."""
    photo: Frame = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    frame = place_off_centre(photo, wide)
    assert shape == frame.shape
    assert np.array_equal(frame, place_off_centre(photo, wide))
    windows = (
        frame[top : top + 90, left : left + 90]
        for top in range(frame.shape[0] - 89)
        for left in range(frame.shape[1] - 89)
    )
    assert any(np.array_equal(photo, window) for window in windows)
