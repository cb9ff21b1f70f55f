"""What a capture is to the rest of a stream."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError


@dataclass(frozen=True)
class CaptureOptions:
    """What to ask of a source.

    Attributes:
        fps: frames per second; None leaves it to the source.
        size: width and height in px; None leaves them to the source. A camera is asked for them, anything
            else is scaled to them.
        open_timeout_s: longest time to open, in s.
        read_timeout_s: longest wait for a frame, in s.
    """

    fps: float | None = None
    size: tuple[int, int] | None = None
    open_timeout_s: float = 10.0
    read_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if (self.fps is not None and self.fps <= 0) or (self.size and min(self.size) < 1):
            raise SourceError(f"{self.fps} frames per second of {self.size} px: both must be above 0")
        if min(self.open_timeout_s, self.read_timeout_s) <= 0:
            raise SourceError(
                f"time-outs of {self.open_timeout_s} and {self.read_timeout_s} s: both must be above 0"
            )


class Capture(Protocol):
    """An opened source of frames.

    Attributes:
        backend: what reads it.
        fps: frames per second that it announces; 0 where it does not.
        length: frames that it will give; 0 where it has no end.
    """

    backend: str
    fps: float
    length: int

    def read(self) -> tuple[bool, Frame | None]:
        """The next frame, `(H, W, 3) uint8 BGR`, and whether there was one; waits for it."""
        ...

    def release(self) -> None:
        """Gives the device back; not while another thread reads."""
        ...


class ScriptedCapture:
    """Plays a script: for tests, and for trying a stream without a camera.

    Args:
        script: frames to give; None is a read that fails, a number a pause in s before the next entry, an
            exception is raised. After the last entry every read fails.
        fps: frames per second to announce.
    """

    def __init__(self, script: Iterable[Frame | float | Exception | None], fps: float = 0.0) -> None:
        self.backend, self.fps, self.length = "script", fps, 0
        self.released = False
        self._script = iter(script)

    def read(self) -> tuple[bool, Frame | None]:
        """The next entry of the script."""
        for entry in self._script:
            if isinstance(entry, Exception):
                raise entry
            if not isinstance(entry, int | float):
                return entry is not None, entry
            time.sleep(entry)
        return False, None

    def release(self) -> None:
        """Notes that it was closed."""
        self.released = True


def fitted(frame: Frame, size: tuple[int, int] | None) -> Frame:
    """A `(H, W, 3) uint8 BGR` frame in a width and height in px; as it is where they are None."""
    if size is None or size == (frame.shape[1], frame.shape[0]):
        return frame
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
