"""Image corruptions."""

import numpy as np
import pytest
from skimage import data

from edgebreed.train.corruptions import CORRUPTIONS

CAT = np.ascontiguousarray(data.chelsea()[..., ::-1])


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_changes_an_image_in_the_same_way_every_time(name: str) -> None:
    """The result is an image `(H, W, 3) uint8`, and the original is not modified."""
    before = CAT.copy()
    first, again = CORRUPTIONS[name](CAT), CORRUPTIONS[name](CAT)
    assert (first == again).all()
    assert first.dtype == np.uint8
    assert (3, 3) == (first.ndim, first.shape[2])
    assert first.shape != CAT.shape or np.abs(first.astype(int) - CAT).mean() > 2
    assert (before == CAT).all()
