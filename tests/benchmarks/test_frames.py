"""Photos as a camera delivers them."""

from pathlib import Path

import cv2

from edgebreed.benchmarks.frames import camera_frames

from ..conftest import RED, plain


def test_a_photo_fills_the_frame(tmp_path: Path) -> None:
    """720p, and the colours stay in OpenCV's order."""
    cv2.imwrite(str(tmp_path / "a.png"), plain(RED))
    (frame,) = camera_frames([tmp_path / "a.png"])
    assert (720, 1280, 3) == frame.shape
    assert RED == tuple(frame[300, 600])
