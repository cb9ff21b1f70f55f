"""Photos as a camera delivers them."""

from pathlib import Path

import cv2

from edgebreed.benchmarks.scenarios.input_images import WHOLE, camera_frames

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
    (frame,) = camera_frames([tmp_path / "a.png"], WHOLE)
    red = (frame == RED).all(axis=2)
    assert (720, 360) == (red.any(axis=1).sum(), red.any(axis=0).sum())
