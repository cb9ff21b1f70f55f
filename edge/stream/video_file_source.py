"""The frames of a video file, past damaged ones, and whether its end came."""

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture, CaptureOptions, release_with_timeout
from edgebreed.edge.stream.container import Container, Length, read_container
from edgebreed.edge.stream.counters import DropCause, FrameCounters
from edgebreed.edge.stream.pacing import FrameRateLimiter, PlaybackPacer
from edgebreed.edge.stream.sources import CapturedFrame, StateCallback, ignore_state
from edgebreed.edge.stream.video_clock import DEFAULT_FPS, VideoClock
from edgebreed.errors import IncompleteVideoError, SourceError

_LOG = logging.getLogger(__name__)
_ROUNDING = 1  # frames that a count may be off, or that are never shown
_MAX_FAILED_READS = 1000  # in a row: a decoder fails once for each damaged frame, and at the end every time


class VideoFileSource:
    """Every frame of a video file that decodes, at the times of the file's own time stamps.

    Frames that are damaged are passed over and counted as failed. Where the end of the file is missing,
    `counters.incomplete` says so after the last frame.

    Args:
        capture: the open file.
        name: for logs and results.
        options: `fps` is a limit in media time, and the frame rate of a file without rate and time stamps.
        realtime: plays at the file's speed, and a newer frame then replaces one that still waits.
        path: the file, to look for its end; None for one behind a URL.
    """

    def __init__(
        self,
        capture: Capture,
        name: str,
        options: CaptureOptions | None = None,
        realtime: bool = False,
        path: Path | None = None,
    ) -> None:
        self.name, self.backend, self.live = name, capture.backend, realtime
        self._options = options or CaptureOptions()
        requested, file_fps = self._options.fps, capture.fps or self._options.fps or DEFAULT_FPS
        self.fps = min(requested or file_fps, file_fps)
        self._clock, self._limiter = VideoClock(file_fps), FrameRateLimiter(requested)
        self.counters = FrameCounters()
        self._capture, self._path = capture, path
        self._decoded = self._damaged = 0
        self._stopped = threading.Event()
        self._reading = threading.Lock()

    def frames(self, on_state: StateCallback = ignore_state) -> Iterator[CapturedFrame]:
        """Yields frames `(H, W, 3) uint8 BGR` in order.

        Raises:
            SourceError: no frame decodes.
        """
        del on_state  # a file is never lost
        pacer = PlaybackPacer(self._stopped)
        while (frame := self._next_frame()) is not None:
            media_s = self._clock.advance(self._capture.time_s)
            if self.live and not pacer.wait_until(media_s):
                return
            number = self.counters.add_captured().captured - 1
            if self._limiter.skips(media_s):
                self.counters.add_dropped(1, DropCause.PAUSED)
            else:
                yield CapturedFrame(frame, time.monotonic(), number, media_s, f"{self.name}#{number}")
        if not self._stopped.is_set():
            self._report_end()

    def close(self) -> None:
        """Ends `frames` and closes the file; a driver that hangs is left behind."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        if self._reading.acquire(timeout=1):
            release_with_timeout(self._capture)
            self._reading.release()

    def _next_frame(self) -> Frame | None:
        """The next frame that decodes; those before it that did not are counted."""
        give_up_at = time.monotonic() + self._options.read_timeout_s
        for failed in range(_MAX_FAILED_READS):
            frame = self._read()
            if frame is not None:
                self._decoded += 1
                self._count_damaged(failed)
                return frame
            if self._stopped.is_set() or time.monotonic() > give_up_at:
                break
        return None

    def _read(self) -> Frame | None:
        with self._reading:
            found, frame = self._capture.read() if not self._stopped.is_set() else (False, None)
        return frame if found else None

    def _count_damaged(self, count: int) -> None:
        for _ in range(count):
            self.counters.add_captured()
            self.counters.add_failed()
        self._damaged += count

    def _report_end(self) -> None:
        """Says what did not come.

        Raises:
            SourceError: no frame decodes.
        """
        came = self._came(self._capture.length)
        if not self._decoded:
            raise SourceError(f"no frame of {self.name} decodes ({came} came): give another file")
        container = _container(self._path, self._all_counted(missing=_ROUNDING))
        if self._lacks_end(container):
            if container.length is Length.UNKNOWN:  # the count is that of what is left
                came = self._came(0)
            self.counters.incomplete = IncompleteVideoError(
                f"{came} of {self.name} came, and the end of the file is missing or damaged: copy it again"
            )
        elif self._damaged or not (container.whole and container.sound):
            _LOG.warning("%s of %s came: the file is damaged", came, self.name)

    def _came(self, length: int) -> str:
        known = self._capture.fps and length > self._decoded  # without a frame rate it is one of time stamps
        return f"{self._decoded} of {length} frames" if known else f"{self._decoded} frames"

    def _all_counted(self, missing: int) -> bool:
        return bool(self._capture.length) and self._decoded >= self._capture.length - missing

    def _lacks_end(self, container: Container) -> bool:
        fps, clock = self._capture.fps, self._clock
        expected_s = self._capture.length / fps if fps else 0.0
        all_counted = self._all_counted(missing=0 if container.cut else _ROUNDING)
        return container.lacks_end(clock.end_s, expected_s, all_counted, clock.interval_s)


def _container(path: Path | None, all_counted: bool) -> Container:
    """What a file declares; one that was removed while it played declares nothing."""
    try:
        return read_container(path, all_counted) if path else Container()
    except OSError:
        return Container()
