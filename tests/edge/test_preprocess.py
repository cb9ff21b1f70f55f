"""From a photo to a model's input."""

import numpy as np
import pytest

from edgebreed.edge.preprocess import LETTERBOX_GREY, InputSpec, ResizeRule, to_input

from ..conftest import BLUE, RED, plain


@pytest.mark.parametrize("rule", ResizeRule)
@pytest.mark.parametrize(("width", "height"), [(640, 480), (31, 97), (1, 1), (4000, 3)])
def test_every_shape_becomes_the_models(rule: ResizeRule, width: int, height: int) -> None:
    """Whatever a camera gives, the input has the model's size."""
    tensor = to_input(plain(RED, width, height), InputSpec(20, 30, rule))
    assert (20, 30, 3) == tensor.shape
    assert tensor.dtype == np.uint8


def test_channels_are_turned_to_rgb() -> None:
    """Red becomes the first channel."""
    assert [255, 0, 0] == to_input(plain(RED), InputSpec(8, 8))[4, 4].tolist()


def test_letterbox_fills_what_a_wide_photo_leaves() -> None:
    """Grey above and below, the photo between."""
    tensor = to_input(plain(RED, 40, 20), InputSpec(8, 8, ResizeRule.LETTERBOX))
    assert list(LETTERBOX_GREY) == tensor[0, 4].tolist()
    assert [255, 0, 0] == tensor[4, 4].tolist()


def test_centre_crop_drops_the_sides_of_a_wide_photo() -> None:
    """Only the middle square is seen."""
    frame = plain(BLUE, 40, 20)
    frame[:, 10:30] = RED
    assert (to_input(frame, InputSpec(8, 8, ResizeRule.CENTER_CROP)) == [255, 0, 0]).all()


def test_shrinking_averages() -> None:
    """A fine chessboard becomes grey and not a moiré."""
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    tensor = to_input(np.repeat(board[..., None], 3, axis=2).astype(np.uint8), InputSpec(8, 8))
    assert np.abs(tensor.astype(int) - 127).max() <= 1


def test_a_size_of_zero_is_refused() -> None:
    """The message names the size."""
    with pytest.raises(ValueError, match="input size 0x8"):
        InputSpec(0, 8)
