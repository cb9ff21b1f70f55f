"""Images of none of the classes."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.errors import InputError
from edgebreed.train.negatives import PARTS, part_of, read_negatives

from ..conftest import GREY, plain


def folder_of(folder: Path, count: int) -> Path:
    """A folder with so many images."""
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), plain(GREY))
    return folder


def test_excluded_negatives_are_left_out(tmp_path: Path) -> None:
    """By their paths below the folder; without a folder there are none."""
    folder_of(tmp_path, 7)
    assert 7 == len(read_negatives(tmp_path))
    assert ["0.png", "2.png"] == [path.name for path in read_negatives(tmp_path, {"1.png"})][:2]
    assert () == read_negatives(None)


def test_too_few_are_refused(tmp_path: Path) -> None:
    """The message holds both numbers."""
    with pytest.raises(InputError, match="holds 4 images: the threshold of 'unknown' takes 5 or more"):
        read_negatives(folder_of(tmp_path, 5), {"3.png"})


def test_parts_are_the_same_every_time_and_differ_from_one_another() -> None:
    """Each is 30 to 80 % of a side, also of a frame of one pixel."""
    frame = np.random.default_rng(0).integers(0, 256, (60, 100, 3), np.uint8)
    parts = [part_of(number)(frame) for number in range(PARTS)]
    for number, part in enumerate(parts):
        assert np.array_equal(part, part_of(number)(frame))
        assert 18 <= part.shape[0] <= 48
        assert part.shape[1] / part.shape[0] == pytest.approx(100 / 60, rel=0.1)
    assert PARTS == len({part.tobytes() for part in parts})
    assert (1, 1, 3) == part_of(0)(plain(GREY, 1, 1)).shape
