"""Reads a capture in a background thread, so that a camera that hangs blocks nothing else."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import Capture
from edgebreed.edge.stream.counters import DropCause, FrameCounters
from edgebreed.edge.stream.frame_buffer import FrameBuffer
from edgebreed.edge.stream.pacing import FrameRateLimiter
from edgebreed.edge.stream.sources import CapturedFrame

MAX_STALE_S = 3600.0  # a picture that never changes costs a reconnect an hour
MAX_FAILED_READS = 3  # in a row, until a capture counts as broken; a single one may be a corrupt frame


class FrozenFrameCheck:
    """Rejects failed, black-filler and frozen frames.

    After a failed read some drivers return black frames, and a hung camera's driver returns its last buffer
    again and again. A working sensor never does that: its noise makes every two frames differ. A test
    pattern or a covered lens does, so each time that the source was reopened the same picture is accepted
    again, for twice as long as before.

    Args:
        stale_after_s: how long identical frames are accepted, in s; 0 accepts them for ever.

    Attributes:
        reason: why the last frame was rejected; empty if it was accepted.
        unchanged_s: how long the picture was the same when the last frame came, in s.
    """

    def __init__(self, stale_after_s: float = 10.0) -> None:
        self._stale_after_s = self._limit_s = stale_after_s
        self._last: Frame | None = None
        self._changed_at = self._trusted_at = 0.0
        self._after_failure = self._is_frozen = False
        self.reason, self.unchanged_s = "", 0.0

    def accepts(self, frame: Frame | None, time_s: float) -> bool:
        """Whether a frame `(H, W, 3) uint8 BGR` that was read at a time in s is a new picture."""
        self.reason = self._fault(frame, time_s)
        return not self.reason

    def restart(self, time_s: float) -> None:
        """Begins anew with a source that was reopened at a time in s."""
        if self._is_frozen:
            self._limit_s = min(2 * self._limit_s, max(MAX_STALE_S, self._stale_after_s))
        self._trusted_at, self._after_failure, self._is_frozen = time_s, False, False

    def _fault(self, frame: Frame | None, time_s: float) -> str:
        if frame is None or frame.ndim != 3 or frame.size == 0:
            self._after_failure = True
            return "no frame"
        if self._after_failure and not frame.any():
            return "black filler"
        self._after_failure = False
        if self._last is None or not _identical(frame, self._last):
            self._last, self._changed_at, self._limit_s = frame, time_s, self._stale_after_s
        self.unchanged_s = time_s - self._changed_at
        self._is_frozen = 0 < self._limit_s <= time_s - max(self._changed_at, self._trusted_at)
        return f"identical frames for {self._limit_s:g} s" if self._is_frozen else ""


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
    """Keeps the newest frame of a capture, and releases the capture at the end, whatever ends it.

    The thread is a daemon: one whose read never returns can be detached, and closes the device should the
    read return after all.
    """

    def __init__(self, capture: Capture, context: CaptureContext) -> None:
        self.broken = ""
        self._capture, self._context = capture, context
        self._newest: FrameBuffer[CapturedFrame] = FrameBuffer(
            1, drop_oldest=True, on_dropped=lambda frames: context.counters.add_dropped(len(frames))
        )
        self._attached = True
        self._limiter = FrameRateLimiter(context.fps)
        self._lock = threading.Lock()
        self._called_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True, name="capture")
        self._thread.start()

    @property
    def hung_s(self) -> float:
        """How long the driver has not returned from its last call, in s; 0 if the thread has ended."""
        return time.monotonic() - self._called_at if self._thread.is_alive() else 0.0

    def next(self, timeout: float) -> CapturedFrame | None:
        """Waits for the newest frame; None after `timeout` s without one, or if the capture is broken."""
        return self._newest.get(timeout)

    def fault(self, timeout: float) -> str:
        """Why `next` returned None."""
        reason = self._context.check.reason
        if not reason and self.hung_s > timeout / 2:
            reason = "its driver hangs"
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
        try:
            self._read_until_broken()
        except Exception as error:  # a fault of ours must not keep the device from being reopened
            self.broken = f"handling a frame failed with {type(error).__name__}: {error}"
        finally:
            self._newest.close()
            self._release()

    def _read_until_broken(self) -> None:
        failures = 0
        while self._attached and failures < MAX_FAILED_READS:
            frame, fault = self._read()
            failures = 0 if frame is not None else failures + 1
            if failures == MAX_FAILED_READS:
                self.broken = fault
            with self._lock:
                if self._attached:
                    self._handle(frame, time.monotonic())

    def _read(self) -> tuple[Frame | None, str]:
        self._called_at = time.monotonic()
        try:
            found, frame = self._capture.read()
        except Exception as error:  # drivers raise anything; the stream must survive it
            return None, f"reading failed with {type(error).__name__}"
        return (frame if found else None), f"{MAX_FAILED_READS} reads failed"

    def _release(self) -> None:
        self._called_at = time.monotonic()
        with suppress(Exception):  # drivers raise anything, and there is nothing left to close
            self._capture.release()

    def _handle(self, frame: Frame | None, time_s: float) -> None:
        context, counters = self._context, self._context.counters
        accepted = context.check.accepts(frame, time_s)
        number = counters.add_captured().captured - 1
        if not accepted or frame is None:
            counters.add_failed()
        elif self._limiter.skips(time_s):
            counters.add_dropped(1, DropCause.PAUSED)
        else:
            self._newest.put(CapturedFrame(frame, time_s, number, time_s, f"{context.name}#{number}"))


def _identical(one: Frame, other: Frame) -> bool:
    # A few rows tell most frames apart at a hundredth of the cost.
    if one.shape != other.shape or not np.array_equal(one[::97], other[::97]):
        return False
    return np.array_equal(one, other)
