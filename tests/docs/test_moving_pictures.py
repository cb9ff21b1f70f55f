"""The moving pictures of the front page."""

from pathlib import Path

import numpy as np
from moving_pictures import (
    HEIGHT,
    PLATES,
    SLIDE,
    STOP,
    VIDEO,
    WIDTH,
    conveyor,
    recorded,
    write_moving,
    write_video,
)
from PIL import Image


def test_each_plate_stops_below_the_camera() -> None:
    """While it stands still, only the noise differs; then the next one comes."""
    frames = [frame.astype(int) for frame, _ in zip(conveyor(0), range(STOP + SLIDE), strict=False)]
    assert (HEIGHT, WIDTH, 3) == frames[0].shape
    still, moved = (np.abs(frames[0] - frames[place]).mean() for place in (STOP - 1, STOP + 1))
    assert (still < 3, moved > 10) == (True, True)


def test_a_video_becomes_a_picture_that_moves(tmp_path: Path) -> None:
    """Every frame of it, at its own rate."""
    write_video(tmp_path / VIDEO)
    frames = list(recorded(tmp_path / VIDEO))
    assert len(PLATES) * (STOP + SLIDE) == len(frames)
    write_moving(tmp_path / "moving.webp", frames[::14], 96)
    with Image.open(tmp_path / "moving.webp") as picture:
        assert ((96, 54), len(PLATES)) == (picture.size, picture.n_frames)
