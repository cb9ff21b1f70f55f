"""From a photo to a model's input."""

import io
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from edgebreed.edge.preprocess import (
    LETTERBOX_GREY,
    DecodeRule,
    InputSpec,
    ResizeRule,
    Rounding,
    empty_batch,
    to_input,
)
from edgebreed.edge.resampling import Interpolation, resample

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
    assert [LETTERBOX_GREY] * 3 == tensor[0, 4].tolist()
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


@pytest.mark.parametrize("rule", ResizeRule)
@pytest.mark.parametrize(("width", "height"), [(640, 480), (31, 97), (1, 1), (4000, 3)])
def test_a_row_of_a_batch_is_written_in_place(rule: ResizeRule, width: int, height: int) -> None:
    """The same pixels as in an array of their own, and none beside them."""
    frame = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    spec = InputSpec(20, 30, rule)
    batch = empty_batch(3, spec)
    batch[:] = 7
    assert np.shares_memory(batch, to_input(frame, spec, batch[1]))
    assert np.array_equal(to_input(frame, spec), batch[1])
    assert (batch[[0, 2]] == 7).all()


def test_a_reduced_photo_keeps_twice_the_inputs_sides() -> None:
    """Height before width; without the rule every pixel is decoded."""
    assert (40, 60) == InputSpec(20, 30, decode=DecodeRule.REDUCED).decoded_size
    assert InputSpec(20, 30).decoded_size is None


@pytest.mark.parametrize(("width", "height"), [(120, 90), (67, 101), (33, 33)])
def test_the_shorter_side_is_scaled_and_the_middle_cut_out_as_torchvision_does(
    width: int, height: int
) -> None:
    """`Resize(40, BILINEAR)` and `CenterCrop(32)`, on a Pillow image."""
    frame = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    shorter = min(width, height)
    scaled = Image.fromarray(frame[..., ::-1]).resize(
        (int(40 * width / shorter), int(40 * height / shorter)), Image.Resampling.BILINEAR
    )
    top, left = round((scaled.height - 32) / 2), round((scaled.width - 32) / 2)
    expected = np.asarray(scaled)[top : top + 32, left : left + 32]
    spec = InputSpec(32, 32, ResizeRule.SHORTER_SIDE, interpolation=Interpolation.PIL_BILINEAR, resize_to=40)
    assert np.array_equal(expected, to_input(frame, spec))


def test_squashed_photos_may_be_cut_too() -> None:
    """A frame of 40x40 in a frame of another colour loses just that."""
    frame = cv2.copyMakeBorder(plain(RED, 32, 32), 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=(255, 0, 0))
    tensor = to_input(np.asarray(frame, np.uint8), InputSpec(32, 32, resize_to=40))
    assert (tensor == [255, 0, 0]).all()


@pytest.mark.parametrize(
    ("rule", "resize_to", "reason"),
    [
        (ResizeRule.LETTERBOX, 40, "with the rule letterbox: it goes with squash and shorter-side"),
        (ResizeRule.SQUASH, 31, "resize_to 31: at least the input, 32x32"),
    ],
)
def test_what_cannot_be_cut_is_refused(rule: ResizeRule, resize_to: int, reason: str) -> None:
    """A letterbox shows everything, and what is smaller than the input holds no input."""
    with pytest.raises(ValueError, match=reason):
        InputSpec(32, 32, rule, resize_to=resize_to)


def test_top_left_fills_what_is_right_of_a_photo_or_below() -> None:
    """With the grey level that is asked for; a letterbox too."""
    tensor = to_input(plain(RED, 20, 40), InputSpec(8, 8, ResizeRule.TOP_LEFT, padding=9))
    assert (tensor[:, :4] == [255, 0, 0]).all()
    assert (tensor[:, 4:] == 9).all()
    boxed = to_input(plain(RED, 20, 40), InputSpec(8, 8, ResizeRule.LETTERBOX, padding=0))
    assert [0, 0, 255, 255, 255, 255, 0, 0] == boxed[0, :, 0].tolist()


@pytest.mark.parametrize("rule", [ResizeRule.LETTERBOX, ResizeRule.TOP_LEFT])
@pytest.mark.parametrize(
    ("rounding", "lengths"),
    [
        (Rounding.NEAREST, [21, 22, 22]),
        (Rounding.FLOOR, [21, 21, 22]),
        (Rounding.CEIL, [22, 22, 23]),
        (Rounding.TORCHVISION, [21, 21, 22]),
    ],
)
def test_lengths_are_rounded_as_asked_for(rule: ResizeRule, rounding: Rounding, lengths: list[int]) -> None:
    """67, 68 and 70 px become 21.44, 21.76 and 22.4."""
    spec = InputSpec(32, 32, rule, padding=0, rounding=rounding)
    tensors = [to_input(plain((255, 255, 255), 100, height), spec) for height in (67, 68, 70)]
    assert lengths == [int(tensor.any(axis=(1, 2)).sum()) for tensor in tensors]


@pytest.mark.parametrize("rounding", Rounding)
def test_a_whole_length_stays_whole(rounding: Rounding) -> None:
    """Dividing and multiplying again gives 38.99999 or 39.00001 px for many sides."""
    spec = InputSpec(39, 39, ResizeRule.LETTERBOX, padding=0, rounding=rounding)
    for side in range(40, 400):
        tensor = to_input(np.full((side, side, 3), 255, np.uint8), spec)
        assert tensor.all(), side


@pytest.mark.parametrize(
    ("rounding", "first"),
    [(Rounding.NEAREST, 1), (Rounding.FLOOR, 1), (Rounding.CEIL, 1), (Rounding.TORCHVISION, 2)],
)
@pytest.mark.parametrize("rule", [ResizeRule.SHORTER_SIDE, ResizeRule.CENTER_CROP])
def test_the_corner_of_a_cut_is_rounded_as_asked_for(
    rule: ResizeRule, rounding: Rounding, first: int
) -> None:
    """Of 35 columns 3 are cut off: 1 before the input, or 2."""
    frame = np.repeat(np.arange(35, dtype=np.uint8)[None, :, None], 32, axis=0).repeat(3, axis=2)
    spec = InputSpec(32, 32, rule, rounding=rounding)
    assert list(range(first, first + 32)) == to_input(frame, spec)[0, :, 0].tolist()


@pytest.mark.parametrize("quality", [75, 95])
def test_a_jpeg_in_between_is_pillows(quality: int) -> None:
    """To the last bit: the resized picture is made a JPEG and decoded again."""
    frame = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    spec = InputSpec(40, 40, interpolation=Interpolation.PIL_BICUBIC, jpeg_quality=quality)
    resized = Image.fromarray(frame[..., ::-1]).resize((40, 40), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    resized.save(file, "JPEG", quality=quality)
    assert np.array_equal(np.asarray(Image.open(file)), to_input(frame, spec))


def test_grey_is_made_before_the_photo_is_resized() -> None:
    """The levels are rounded there, so that the order shows."""
    frame = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    found = to_input(frame, InputSpec(40, 40, interpolation=Interpolation.PIL_BILINEAR, grey=True))
    levels = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    expected = Image.fromarray(levels).resize((40, 40), Image.Resampling.BILINEAR)
    assert (found == np.asarray(expected)[..., None]).all()
    afterwards = cv2.cvtColor(resample(frame, 40, 40, Interpolation.PIL_BILINEAR), cv2.COLOR_BGR2GRAY)
    assert (found[..., 0] != afterwards).any()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"padding": 256}, "padding 256: give a grey level from 0 to 255"),
        ({"padding": -1}, "padding -1: give"),
        ({"jpeg_quality": 0}, "jpeg_quality 0: give 1 to 100, or leave it out"),
        ({"jpeg_quality": 101}, "jpeg_quality 101: give"),
    ],
)
def test_levels_and_qualities_have_bounds(values: dict[str, Any], reason: str) -> None:
    """Whatever the rule."""
    with pytest.raises(ValueError, match=reason):
        InputSpec(32, 32, **values)
