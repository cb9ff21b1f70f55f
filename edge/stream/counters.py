"""Thread-safe counters of a stream's frames."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from edgebreed.str_enum import StrEnum


class DropCause(StrEnum):
    """Why a frame was discarded."""

    NEWER = "newer"  # a newer one replaced it
    GATED = "gated"  # nothing moved in it
    PAUSED = "paused"  # it came before its turn in the source's rhythm
    ENDED = "ended"  # the source or the stream ended


@dataclass(frozen=True)
class FrameCounts:
    """Frame counts at one moment; `captured == processed + dropped + failed` once a stream has ended.

    Attributes:
        captured: frames that the source delivered.
        processed: frames with a result.
        dropped: frames that were discarded, for any cause.
        failed: frames without a picture, and frames that the pipeline failed on.
        reconnects: how often the source was reopened, and frames came.
        reconnect_attempts: how often it was tried to reopen the source.
        newer: of the dropped ones, those that a newer frame replaced.
        gated: those in which nothing moved.
        paused: those before their turn in the source's rhythm.
        ended: those that still waited at the end.
    """

    captured: int = 0
    processed: int = 0
    dropped: int = 0
    failed: int = 0
    reconnects: int = 0
    reconnect_attempts: int = 0
    newer: int = 0
    gated: int = 0
    paused: int = 0
    ended: int = 0

    @property
    def waiting(self) -> int:
        """Frames without an outcome yet."""
        return self.captured - self.processed - self.dropped - self.failed

    def to_dict(self) -> dict[str, int]:
        """Plain JSON types."""
        return asdict(self)


class FrameCounters:
    """Counts frames from several threads; each method is atomic.

    Attributes:
        last_error: why the last frame that the source could not read failed.
        incomplete: set at the end of a source whose last part is missing.
    """

    def __init__(self) -> None:
        self.last_error: Exception | None = None
        self.incomplete: Exception | None = None
        self._counts = FrameCounts()
        self._changed = threading.Condition()

    @property
    def counts(self) -> FrameCounts:
        """The current counts."""
        return self._counts

    def add_captured(self) -> FrameCounts:
        """Counts a frame that the source delivered; returns the new counts."""
        return self._add(captured=1)

    def add_processed(self) -> FrameCounts:
        """Counts a frame with a result; returns the new counts."""
        return self._add(processed=1)

    def add_dropped(self, count: int = 1, cause: DropCause = DropCause.NEWER) -> None:
        """Counts discarded frames."""
        self._add(dropped=count, **{cause.value: count})

    def add_failed(self) -> None:
        """Counts a frame without a picture, or one that the pipeline failed on."""
        self._add(failed=1)

    def add_reconnect(self) -> None:
        """Counts that the source was reopened."""
        self._add(reconnects=1)

    def add_reconnect_attempt(self) -> None:
        """Counts that it is tried to reopen the source."""
        self._add(reconnect_attempts=1)

    def wait_for(self, condition: Callable[[FrameCounts], bool], timeout: float) -> bool:
        """Waits at most `timeout` s until the counts meet a condition; returns whether they do."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._counts), timeout)

    def _add(self, **increments: int) -> FrameCounts:
        with self._changed:
            sums = {name: getattr(self._counts, name) + count for name, count in increments.items()}
            self._counts = replace(self._counts, **sums)
            self._changed.notify_all()
            return self._counts
