"""What a source of frames is to a stream."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from edgebreed.edge.camera.events import State
from edgebreed.edge.camera.tally import Tally
from edgebreed.edge.images import Frame

Tell = Callable[[State, str], None]
"""Takes the state that a source came into, and the reason in one line without credentials."""


def tell_nobody(_: State, __: str) -> None:
    """For callers who do not ask."""


@dataclass(frozen=True)
class Captured:
    """A frame and when it was captured.

    Attributes:
        frame: `(H, W, 3) uint8 BGR`.
        at: s of `time.monotonic`.
        number: of the frame in its source, from 0.
        clock: s on the source's own clock, which for a film is not the time at which it was read.
        name: what to call it in its result.
    """

    frame: Frame
    at: float
    number: int
    clock: float
    name: str


class FrameSource(Protocol):
    """Gives frames until it ends.

    Attributes:
        name: what to call it, without credentials.
        backend: what reads it.
        fps: frames per second that it announces; 0 where it does not.
        live: whether frames come at their own pace, so that a newer one replaces one that waits.
        tally: counts what it captured, and what of it was no picture.
    """

    name: str
    backend: str
    fps: float
    live: bool
    tally: Tally

    def frames(self, tell: Tell = tell_nobody) -> Iterator[Captured]:
        """Frames in order, until the source ends or is closed.

        Args:
            tell: is called when the source is lost and when it is back.

        Raises:
            SourceError: the source is lost for good.
        """
        ...

    def close(self) -> None:
        """Ends `frames`, also from another thread, and gives the device or the file back."""
        ...


class ArraySource:
    """Frames from memory: for tests and for programs that have their own camera code.

    Args:
        frames: `(H, W, 3) uint8 BGR` each.
        name: what to call it.
        fps: frames per second of its own clock; 0 where its clock is that of the reader.
        live: whether a newer frame replaces one that waits.
    """

    def __init__(
        self, frames: Iterable[Frame], name: str = "array", fps: float = 0.0, live: bool = False
    ) -> None:
        self.name, self.backend, self.fps, self.live = name, "memory", fps, live
        self.tally = Tally()
        self._frames = iter(frames)
        self._closed = False

    def frames(self, tell: Tell = tell_nobody) -> Iterator[Captured]:
        """Frames `(H, W, 3) uint8 BGR` in order."""
        del tell  # memory is not lost
        for number, frame in enumerate(self._frames):
            if self._closed:
                return
            self.tally.captured()
            at = time.monotonic()
            yield Captured(frame, at, number, number / self.fps if self.fps else at, f"{self.name}#{number}")

    def close(self) -> None:
        """Ends `frames`."""
        self._closed = True
