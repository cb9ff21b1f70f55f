"""The images that a benchmark runs on."""

import os
from pathlib import Path

import cv2

from edgebreed.benchmarks.scenarios.input_images import (
    LETTERBOXED_FRAME,
    camera_frames,
    write_synthetic_images,
)

from ...conftest import RED, plain


def test_a_photo_fills_the_frame(tmp_path: Path) -> None:
    """720p, and the colours stay in OpenCV's order."""
    cv2.imwrite(str(tmp_path / "a.png"), plain(RED))
    (frame,) = camera_frames([tmp_path / "a.png"])
    assert (720, 1280, 3) == frame.shape
    assert RED == tuple(frame[300, 600])


def test_a_whole_photo_loses_nothing(tmp_path: Path) -> None:
    """A face at the edge of an upright photo stays in the frame."""
    cv2.imwrite(str(tmp_path / "a.png"), plain(RED, 40, 80))
    (frame,) = camera_frames([tmp_path / "a.png"], LETTERBOXED_FRAME)
    red = (frame == RED).all(axis=2)
    assert (720, 360) == (red.any(axis=1).sum(), red.any(axis=0).sum())


def test_they_are_written_into_a_folder_of_any_name(tmp_path: Path) -> None:
    """OpenCV's own writer would end the process where the name is no UTF-8."""
    folder = tmp_path / os.fsdecode(b"n\xff")
    folder.mkdir()
    assert all(path.read_bytes() for path in write_synthetic_images(folder))


def test_synthetic_images_are_the_same_every_time(tmp_path: Path) -> None:
    """Different from one another, in the size that the help names, in a folder of any name."""
    folders = [tmp_path / name for name in ("a", "caf\udce9")]
    for folder in folders:
        folder.mkdir()
    first, second = (write_synthetic_images(folder) for folder in folders)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert len(first) == len({path.read_bytes() for path in first})
    assert (480, 640, 3) == cv2.imread(str(first[0])).shape  # type: ignore[union-attr]  # it was just written
