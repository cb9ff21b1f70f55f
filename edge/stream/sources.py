"""The interface of a frame source, and the sources that are never lost: memory and images."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edgebreed.edge.images import Frame, find_photos, read_photo
from edgebreed.edge.stream.capture import CaptureOptions, resize_frame
from edgebreed.edge.stream.counters import FrameCounters
from edgebreed.edge.stream.events import State
from edgebreed.edge.stream.pacing import PlaybackPacer
from edgebreed.edge.stream.video_clock import DEFAULT_FPS
from edgebreed.errors import InputError

StateCallback = Callable[[State, str], None]
"""Is called with the new state of a source and a one-line reason without credentials."""


def ignore_state(_: State, __: str) -> None:
    """The default `StateCallback`: does nothing."""


@dataclass(frozen=True)
class CapturedFrame:
    """A frame and when it was captured.

    Attributes:
        frame: `(H, W, 3) uint8 BGR`.
        monotonic_s: time of the capture by `time.monotonic`, in s.
        number: index of the frame in its source, from 0.
        media_s: time on the source's own clock, in s: the position in a video file or in a folder's images,
            else `monotonic_s`.
        name: what to call it in its result.
        separate: whether it has nothing to do with the frame before, so that nothing is averaged over both.
    """

    frame: Frame
    monotonic_s: float
    number: int
    media_s: float
    name: str
    separate: bool = False


class FrameSource(Protocol):
    """Delivers frames until it ends.

    Attributes:
        name: for logs and results, without credentials.
        backend: name of what decodes it.
        fps: frames per second that it reports; 0 if unknown.
        live: whether frames arrive in real time, so that a newer frame replaces one that still waits.
        counters: counts the frames that it captured, and those without a picture.
    """

    name: str
    backend: str
    fps: float
    live: bool
    counters: FrameCounters

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields frames in order until the source ends or is closed.

        Args:
            on_state: is called when the source is lost and when it is back.

        Raises:
            SourceError: the source is lost for good.
        """
        ...

    def close(self) -> None:
        """Ends `frames`, also from another thread, and closes the device or file."""
        ...


class ArraySource:
    """Frames from memory: for tests, and for programs that have their own capture code.

    Args:
        frames: `(H, W, 3) uint8 BGR` each.
        name: for logs and results.
        fps: frames per second of its own clock; 0 takes the time at which a frame is read.
        live: whether a newer frame replaces one that still waits.
    """

    def __init__(
        self, frames: Iterable[Frame], name: str = "array", fps: float = 0.0, live: bool = False
    ) -> None:
        self.name, self.backend, self.fps, self.live = name, "memory", fps, live
        self.counters = FrameCounters()
        self._frames = iter(frames)
        self._closed = False

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields frames `(H, W, 3) uint8 BGR` in order."""
        del on_state  # memory is never lost
        for number, frame in enumerate(self._frames):
            if self._closed:
                return
            self.counters.add_captured()
            now = time.monotonic()
            media_s = number / self.fps if self.fps else now
            yield CapturedFrame(frame, now, number, media_s, f"{self.name}#{number}")

    def close(self) -> None:
        """Ends `frames`."""
        self._closed = True


class ImageFolderSource:
    """The images of a folder in natural order; one that cannot be decoded is counted as failed.

    Args:
        folder: the folder, or a single image.
        options: `size` to resize images to, `fps` to play them at; without it they come as fast as they are
            taken, and count as `DEFAULT_FPS` a second in media time.
        realtime: a newer image replaces one that still waits.

    Raises:
        InputError: the folder contains no image.
    """

    backend = "images"

    def __init__(self, folder: Path, options: CaptureOptions | None = None, realtime: bool = False) -> None:
        self._options = options or CaptureOptions()
        self.name, self.live, self.fps = str(folder), realtime, self._options.fps or 0.0
        self.counters = FrameCounters()
        self._paths = find_photos([folder])
        self._stopped = threading.Event()

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields images `(H, W, 3) uint8 BGR` in order."""
        del on_state  # a folder is never lost
        pacer = PlaybackPacer(self._stopped)
        for number, path in enumerate(self._paths):
            if not pacer.wait_until(number / self.fps if self.fps else 0.0):
                return
            self.counters.add_captured()
            try:
                frame = resize_frame(read_photo(path), self._options.size)
            except InputError as error:
                self.counters.add_failed()
                self.counters.last_error = error
                continue
            media_s = number / (self.fps or DEFAULT_FPS)
            yield CapturedFrame(frame, time.monotonic(), number, media_s, str(path), separate=True)

    def close(self) -> None:
        """Ends `frames`."""
        self._stopped.set()
