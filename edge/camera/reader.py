"""Reads a capture in a thread of its own, so that a camera that hangs stops nobody."""

import threading
import time
from dataclasses import dataclass

from edgebreed.edge.camera.capture import Capture
from edgebreed.edge.camera.genuine import PictureCheck
from edgebreed.edge.camera.rate import Thinner
from edgebreed.edge.camera.slot import Slot
from edgebreed.edge.camera.source import Captured
from edgebreed.edge.camera.tally import Tally
from edgebreed.edge.images import Frame

FAILED_READS = 3  # in a row, until a capture counts as broken: one may be a damaged frame


@dataclass(frozen=True)
class Reading:
    """What a source's readers share, one after another.

    Attributes:
        name: of the source.
        tally: counts the frames.
        check: tells pictures from fillers.
        fps: frames that come faster than this are dropped; None takes them all.
    """

    name: str
    tally: Tally
    check: PictureCheck
    fps: float | None = None


class Reader:
    """The newest picture of a capture.

    Its thread is a daemon: a read that never returns is left behind, and gives the device back should it
    ever return.
    """

    def __init__(self, capture: Capture, reading: Reading) -> None:
        self.broken = ""
        self._capture, self._reading = capture, reading
        self._slot: Slot[Captured] = Slot(1, newest=True, lost=reading.tally.dropped)
        self._wanted = True
        self._thinner = Thinner(reading.fps)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="capture")
        self._thread.start()

    def next(self, timeout: float) -> Captured | None:
        """The newest picture; None where none came in `timeout` s, or the capture broke."""
        return self._slot.get(timeout)

    def why(self, timeout: float) -> str:
        """Why `next` gave None."""
        fault = self._reading.check.why
        return self.broken or f"no picture for {timeout:g} s" + (f": {fault}" if fault else "")

    def abandon(self) -> None:
        """Counts and gives out nothing any more; the capture is released once its read returns."""
        with self._lock:
            self._wanted = False
        self._slot.close(discard=True)

    def join(self, timeout: float) -> None:
        """Waits for the thread, at most `timeout` s."""
        self._thread.join(timeout)

    def _run(self) -> None:
        failures = 0
        while self._wanted and failures < FAILED_READS:
            frame, why = self._read()
            failures = 0 if frame is not None else failures + 1
            with self._lock:
                if not self._wanted:
                    break
                self._take(frame, time.monotonic())
            if failures == FAILED_READS:
                self.broken = why
        self._slot.close()
        self._capture.release()

    def _read(self) -> tuple[Frame | None, str]:
        try:
            there, frame = self._capture.read()
        except Exception as error:  # drivers raise what they like; a stream outlives it
            return None, f"reading failed with {type(error).__name__}"
        return (frame if there else None), f"{FAILED_READS} reads failed"

    def _take(self, frame: Frame | None, at: float) -> None:
        tally = self._reading.tally
        number = tally.captured().captured - 1
        if not self._reading.check.genuine(frame, at) or frame is None:
            tally.failed()
        elif self._thinner.early(at):
            tally.dropped()
        else:
            self._slot.put(Captured(frame, at, number, at, f"{self._reading.name}#{number}"))
