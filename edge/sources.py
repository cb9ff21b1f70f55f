"""Where frames come from: video files, cameras, arrays."""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError


@dataclass(frozen=True)
class Captured:
    """A frame and when it was captured, in seconds of `time.monotonic`."""

    frame: Frame
    at: float


class FrameSource(Protocol):
    """Gives frames until it ends.

    Attributes:
        name: what to call it.
        read: frames that the source delivered so far.
        dropped: frames that came and were replaced by a newer one before anybody took them.
        fps: frames per second that the source announces; 0 where it does not.
    """

    name: str
    read: int
    dropped: int
    fps: float

    def frames(self) -> Iterator[Captured]:
        """Frames `(H, W, 3) uint8 BGR` in order."""
        ...

    def close(self) -> None:
        """Gives the device or the file back."""
        ...


class ArraySource:
    """Frames from memory: for tests and for programs that have their own camera code."""

    def __init__(self, frames: Iterable[Frame], name: str = "array") -> None:
        self.name, self.read, self.dropped, self.fps = name, 0, 0, 0.0
        self._frames = iter(frames)

    def frames(self) -> Iterator[Captured]:
        """Frames `(H, W, 3) uint8 BGR` in order."""
        for frame in self._frames:
            self.read += 1
            yield Captured(frame, time.monotonic())

    def close(self) -> None:
        """Nothing to give back."""


class VideoFileSource:
    """Every frame of a video file.

    Raises:
        SourceError: OpenCV does not open it.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise SourceError(f"no such video: {path}")
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise SourceError(f"{path} does not open as a video: give a file that OpenCV's FFmpeg reads")
        self.name, self.read, self.dropped = str(path), 0, 0
        self.fps = self._capture.get(cv2.CAP_PROP_FPS)

    def frames(self) -> Iterator[Captured]:
        """Frames `(H, W, 3) uint8 BGR` in order."""
        while True:
            there, frame = self._capture.read()
            if not there:
                return
            self.read += 1
            yield Captured(np.asarray(frame, np.uint8), time.monotonic())

    def close(self) -> None:
        """Closes the file."""
        self._capture.release()


class CameraSource:
    """The newest frame of a camera: a thread reads, and a frame that nobody took is replaced.

    Args:
        capture: an opened OpenCV capture, or anything with its `read` and `release`.
        name: what to call it.

    Raises:
        SourceError: from `open`, where the camera does not open.
    """

    def __init__(self, capture: cv2.VideoCapture, name: str) -> None:
        self.name, self.read, self.dropped = name, 0, 0
        self.fps = float(capture.get(cv2.CAP_PROP_FPS))
        self._capture = capture
        self._newest: Captured | None = None
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._grab, daemon=True, name="camera")
        self._thread.start()

    @classmethod
    def open(cls, camera: int | str) -> "CameraSource":
        """Opens a camera by index or device path.

        Raises:
            SourceError: there is no such camera, or another program has it.
        """
        capture = cv2.VideoCapture(camera)
        if not capture.isOpened():
            raise SourceError(
                f"camera {camera} does not open: plug it in, free it, or see `edgebreed doctor`"
            )
        return cls(capture, f"camera {camera}")

    def frames(self) -> Iterator[Captured]:
        """The newest frame each time, `(H, W, 3) uint8 BGR`."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._newest is not None or self._ended)
                captured, self._newest = self._newest, None
            if captured is None:
                return
            yield captured

    def close(self) -> None:
        """Stops reading and gives the camera back."""
        self._ended = True
        self._thread.join(timeout=2)
        self._capture.release()

    def _grab(self) -> None:
        while not self._ended:
            there, frame = self._capture.read()
            with self._changed:
                if there:
                    self.read += 1
                    self.dropped += self._newest is not None
                    self._newest = Captured(np.asarray(frame, np.uint8), time.monotonic())
                else:
                    self._ended = True
                self._changed.notify()


def open_source(text: str) -> FrameSource:
    """Opens what `--source` names: a camera index, a device path, or a video file.

    Raises:
        SourceError: it does not open.
    """
    if text.isdecimal():
        return CameraSource.open(int(text))
    if text.startswith("/dev/"):
        return CameraSource.open(text)
    return VideoFileSource(Path(text))
