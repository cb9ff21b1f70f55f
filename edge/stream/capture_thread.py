"""Reads a capture in a background thread, so that a camera that hangs blocks nothing else."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture
from edgebreed.edge.stream.counters import FrameCounters
from edgebreed.edge.stream.frame_buffer import FrameBuffer
from edgebreed.edge.stream.pacing import FrameRateLimiter
from edgebreed.edge.stream.sources import CapturedFrame
from edgebreed.errors import SourceError

MAX_FAILED_READS = 3  # in a row, until a capture counts as broken; a single one may be a corrupt frame

Opener = Callable[[], Capture]
"""Opens a source; raises `SourceError` if it cannot."""


class FrozenFrameCheck:
    """Rejects failed, black-filler and frozen frames.

    After a failed read some drivers return black frames, and a hung camera's driver returns its last buffer
    again and again. A working sensor never does that: its noise makes every two frames differ.

    Args:
        stale_after_s: how long identical frames are accepted, in s; 0 accepts them for ever.

    Attributes:
        reason: why the last frame was rejected; empty if it was accepted.
    """

    def __init__(self, stale_after_s: float = 10.0) -> None:
        self._stale_after_s = stale_after_s
        self._last: Frame | None = None
        self._unchanged_since = 0.0
        self._after_failure = False
        self.reason = ""

    def accepts(self, frame: Frame | None, time_s: float) -> bool:
        """Whether a frame `(H, W, 3) uint8 BGR` that was read at a time in s is a new picture."""
        self.reason = self._fault(frame, time_s)
        return not self.reason

    def _fault(self, frame: Frame | None, time_s: float) -> str:
        if frame is None or frame.ndim != 3 or frame.size == 0:
            self._after_failure = True
            return "no frame"
        if self._after_failure and not frame.any():
            return "black filler"
        self._after_failure = False
        if self._last is None or not _identical(frame, self._last):
            self._last, self._unchanged_since = frame, time_s
        if self._stale_after_s and time_s - self._unchanged_since >= self._stale_after_s:
            return f"identical frames for {self._stale_after_s:g} s"
        return ""


@dataclass(frozen=True)
class CaptureContext:
    """What all capture threads of a source share, one after another.

    Attributes:
        name: of the source.
        counters: count the frames.
        check: rejects frames without a picture.
        fps: frames beyond this rate are dropped; None keeps all.
    """

    name: str
    counters: FrameCounters
    check: FrozenFrameCheck
    fps: float | None = None


class CaptureThread:
    """Keeps the newest frame of a capture.

    The thread is a daemon: one whose read never returns can be detached, and closes the device should the
    read return after all.
    """

    def __init__(self, capture: Capture, context: CaptureContext) -> None:
        self.broken = ""
        self._capture, self._context = capture, context
        self._newest: FrameBuffer[CapturedFrame] = FrameBuffer(
            1, drop_oldest=True, on_dropped=context.counters.add_dropped
        )
        self._attached = True
        self._limiter = FrameRateLimiter(context.fps)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="capture")
        self._thread.start()

    def next(self, timeout: float) -> CapturedFrame | None:
        """Waits for the newest frame; None after `timeout` s without one, or if the capture is broken."""
        return self._newest.get(timeout)

    def fault(self, timeout: float) -> str:
        """Why `next` returned None."""
        reason = self._context.check.reason
        return self.broken or f"no new frame for {timeout:g} s" + (f": {reason}" if reason else "")

    def detach(self) -> None:
        """Stops counting and delivering frames; the capture is released once its read returns."""
        with self._lock:
            self._attached = False
        self._newest.close(discard=True)

    def join(self, timeout: float) -> None:
        """Waits at most `timeout` s for the thread to end."""
        self._thread.join(timeout)

    def _run(self) -> None:
        failures = 0
        while self._attached and failures < MAX_FAILED_READS:
            frame, fault = self._read()
            failures = 0 if frame is not None else failures + 1
            with self._lock:
                if not self._attached:
                    break
                self._handle(frame, time.monotonic())
            if failures == MAX_FAILED_READS:
                self.broken = fault
        self._newest.close()
        self._capture.release()

    def _read(self) -> tuple[Frame | None, str]:
        try:
            found, frame = self._capture.read()
        except Exception as error:  # drivers raise anything; the stream must survive it
            return None, f"reading failed with {type(error).__name__}"
        return (frame if found else None), f"{MAX_FAILED_READS} reads failed"

    def _handle(self, frame: Frame | None, time_s: float) -> None:
        context, counters = self._context, self._context.counters
        number = counters.add_captured().captured - 1
        if not context.check.accepts(frame, time_s) or frame is None:
            counters.add_failed()
        elif self._limiter.skips(time_s):
            counters.add_dropped()
        else:
            self._newest.put(CapturedFrame(frame, time_s, number, time_s, f"{context.name}#{number}"))


def open_with_timeout(opener: Opener, name: str, seconds: float, stopped: threading.Event) -> Capture:
    """Opens a capture in a background thread, because some drivers have no timeout of their own.

    A capture that opens too late is released.

    Raises:
        SourceError: it does not open, not in time, or the stream was stopped.
    """
    outcome_buffer: FrameBuffer[Capture | Exception] = FrameBuffer()

    def work() -> None:
        outcome: Capture | Exception
        try:
            outcome = opener()
        except Exception as error:  # raised again in the calling thread
            outcome = error
        if not outcome_buffer.put(outcome) and not isinstance(outcome, Exception):
            outcome.release()

    threading.Thread(target=work, daemon=True, name="open").start()
    outcome, deadline = None, time.monotonic() + seconds
    while outcome is None and time.monotonic() < deadline and not stopped.is_set():
        outcome = outcome_buffer.get(min(0.1, seconds))
    outcome_buffer.close()
    outcome = outcome or outcome_buffer.get()
    if outcome is None:
        raise SourceError(f"{name} did not open within {seconds:g} s: check cable, power and network")
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _identical(one: Frame, other: Frame) -> bool:
    # A few rows tell most frames apart at a hundredth of the cost.
    if one.shape != other.shape or not np.array_equal(one[::97], other[::97]):
        return False
    return np.array_equal(one, other)
