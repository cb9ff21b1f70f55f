"""What photos suffer in the wild."""

import numpy as np
import pytest
from skimage import data

from edgebreed.train.corruptions import CORRUPTIONS

CAT = np.ascontiguousarray(data.chelsea()[..., ::-1])


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_changes_a_photo_and_always_alike(name: str) -> None:
    """It stays a photo, `(H, W, 3) uint8`, and the original is left as it was."""
    before = CAT.copy()
    first, again = CORRUPTIONS[name](CAT), CORRUPTIONS[name](CAT)
    assert (first == again).all()
    assert first.dtype == np.uint8
    assert (3, 3) == (first.ndim, first.shape[2])
    assert first.shape != CAT.shape or np.abs(first.astype(int) - CAT).mean() > 2
    assert (before == CAT).all()
