"""Starts of a GIF's dictionary."""

import numpy as np
import pytest
from PIL import Image

from edgebreed.edge.gif_codes import count_gif_clears

from .bombs import gif
from .encoded import drawn, encode


def test_usual_files_start_anew_every_few_thousand_codes() -> None:
    """Noise fills its 4,096 entries over and over; a small picture needs one start and an end."""
    noise = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)
    assert 20 < (count_gif_clears(encode(Image.fromarray(noise), "GIF")) or 0) < 40
    assert 2 == count_gif_clears(encode(drawn(), "GIF"))


@pytest.mark.parametrize("count", [10, 3000])
def test_starts_are_counted_whatever_stands_between(count: int) -> None:
    """Nothing, one pixel, or so many that codes become wider."""
    wider = [(1, 3), *[(1, 3)] * 2, *[(1, 4)] * 8, (1, 5)]
    for between, last in (([], 3), ([(1, 3)], 3), (wider, 5)):
        codes = [(4, 3), *between, *[(4, last), *between] * (count - 1), (5, last)]
        assert count + 1 == count_gif_clears(gif(8, 8, codes)), between


def test_it_is_counted_in_the_first_picture_alone() -> None:
    """Comments before it are skipped; a file that ends before has no count."""
    data = gif(8, 8)
    screen = 13 + 12
    comment = b"\x21\xfe\x03abc\0"
    assert 2 == count_gif_clears(data[:screen] + comment * 3 + data[screen:])
    assert count_gif_clears(data[:screen] + comment * 2000 + data[screen:]) is None
    assert count_gif_clears(data[: screen + 12]) is None
    assert count_gif_clears(data[:screen] + b";") is None
