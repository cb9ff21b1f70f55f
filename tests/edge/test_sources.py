"""Where frames come from."""

import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edgebreed.edge.sources import CameraSource, VideoFileSource, open_source
from edgebreed.errors import SourceError

from ..conftest import RED, plain


def write_video(path: Path, count: int) -> Path:
    """A video of grey frames that get lighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for number in range(count):
        writer.write(plain((number * 10,) * 3, 64, 48))
    writer.release()
    return path


class Paced:
    """A capture that delivers frames when it is told to."""

    def __init__(self, count: int) -> None:
        self.left, self.released, self.gate = count, False, threading.Semaphore(0)

    def get(self, _: int) -> float:
        """Frames per second."""
        return 30.0

    def read(self) -> tuple[bool, Any]:
        """The next frame, once the gate opens."""
        self.gate.acquire(timeout=2)
        self.left -= 1
        return (True, plain(RED)) if self.left >= 0 else (False, None)

    def release(self) -> None:
        """Notes that it was closed."""
        self.released = True


def test_a_file_gives_every_frame(tmp_path: Path) -> None:
    """In order, none dropped."""
    source = VideoFileSource(write_video(tmp_path / "v.avi", 12))
    greys = [int(np.median(captured.frame)) for captured in source.frames()]
    source.close()
    assert (12, 0, 25.0) == (source.read, source.dropped, source.fps)
    assert sorted(greys) == greys


def test_a_camera_gives_the_newest_frame_and_counts_the_rest() -> None:
    """Frames that came while nobody looked are dropped, not queued."""
    capture = Paced(5)
    source = CameraSource(capture, "paced")  # type: ignore[arg-type]  # a stand-in with the same methods
    for _ in range(5):
        capture.gate.release()
    deadline = time.monotonic() + 5
    while source.read < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    frames = source.frames()
    next(frames)
    capture.gate.release()
    assert [] == list(frames)
    source.close()
    assert (5, 4, True) == (source.read, source.dropped, capture.released)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("93", "camera 93 does not open: plug it in"),
        ("/dev/video93", "camera /dev/video93 does not open"),
        ("gone.mp4", r"no such video: gone\.mp4"),
    ],
)
def test_a_source_that_is_not_there_is_named(text: str, message: str) -> None:
    """One line, and what to do."""
    with pytest.raises(SourceError, match=message):
        open_source(text)


def test_a_text_file_is_no_video(tmp_path: Path) -> None:
    """The message says what OpenCV reads."""
    (tmp_path / "v.mp4").write_text("hello")
    with pytest.raises(SourceError, match=r"v\.mp4 does not open as a video: give a file"):
        open_source(str(tmp_path / "v.mp4"))
