"""The interface of a capture device, and a scripted one that needs no camera."""

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError

OPEN_TIMEOUT_S = 10.0
"""Time in which a source must open unless a user sets another one, in s."""


@dataclass(frozen=True)
class CaptureOptions:
    """What to request from a source.

    Attributes:
        fps: frames per second; None leaves the rate to the source.
        size: width and height in px; None leaves them to the source. A camera is set to this mode, frames
            of any other source are resized.
        open_timeout_s: longest time to open, in s.
        read_timeout_s: longest wait for a frame, in s.

    Raises:
        SourceError: a value is not above 0.
    """

    fps: float | None = None
    size: tuple[int, int] | None = None
    open_timeout_s: float = OPEN_TIMEOUT_S
    read_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if (self.fps is not None and self.fps <= 0) or (self.size and min(self.size) < 1):
            raise SourceError(f"{self.fps} frames per second of {self.size} px: both must be above 0")
        if min(self.open_timeout_s, self.read_timeout_s) <= 0:
            raise SourceError(
                f"timeouts of {self.open_timeout_s} and {self.read_timeout_s} s: both must be above 0"
            )


class Capture(Protocol):
    """An open capture device or file.

    Attributes:
        backend: name of what decodes it, such as `V4L2`.
        fps: frames per second that it reports; 0 if unknown.
        length: number of frames; 0 if unknown or endless.
        time_s: time stamp of the last frame in its file, in s; 0 if it has none.
    """

    backend: str
    fps: float
    length: int
    time_s: float

    def read(self) -> tuple[bool, Frame | None]:
        """Blocks until the next frame: whether there is one, and its pixels `(H, W, 3) uint8 BGR`."""
        ...

    def release(self) -> None:
        """Closes the device; not to be called while another thread reads."""
        ...


class ScriptedCapture:
    """A capture that plays a script: for tests, and to try a stream without a camera.

    Args:
        script: what successive reads do: return a frame, fail (None), raise an exception, or sleep for a
            number of seconds before the next entry. After the last entry every read fails.
        fps: frames per second to report.
    """

    def __init__(self, script: Iterable[Frame | float | Exception | None], fps: float = 0.0) -> None:
        self.backend, self.fps, self.length, self.time_s = "script", fps, 0, 0.0
        self.released = False
        self._script = iter(script)

    def read(self) -> tuple[bool, Frame | None]:
        """Plays the next entry of the script."""
        for entry in self._script:
            if isinstance(entry, Exception):
                raise entry
            if not isinstance(entry, int | float):
                return entry is not None, entry
            time.sleep(entry)
        return False, None

    def release(self) -> None:
        """Records that it was closed."""
        self.released = True


def release_with_timeout(capture: Capture, seconds: float = 1.0) -> None:
    """Closes a device in the background, and waits at most so many s, as some drivers hang in it or raise."""

    def release() -> None:
        with suppress(Exception):  # there is nothing left to close
            capture.release()

    thread = threading.Thread(target=release, daemon=True, name="release")
    thread.start()
    thread.join(seconds)


def resize_frame(frame: Frame, size: tuple[int, int] | None) -> Frame:
    """Resizes a `(H, W, 3) uint8 BGR` frame to a width and height in px; None returns it unchanged."""
    if size is None or size == (frame.shape[1], frame.shape[0]):
        return frame
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
