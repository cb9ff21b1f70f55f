"""A bounded queue of events for the broker, in memory, and on disk while the broker is unreachable."""

import logging
import time
from collections import deque
from itertools import islice
from pathlib import Path

from edgebreed.live.queued_event import QueuedEvent
from edgebreed.live.spool_file import SpoolFile
from edgebreed.live.spool_limits import SpoolLimits

RETRY_S = 1.0  # after a failed write, which may have copied the whole file
_LOG = logging.getLogger(__name__)


class Outbox:
    """A queue in memory while the broker takes events, and on disk while it does not.

    `spill` moves everything to disk; later events go there too, until all of them are delivered. This keeps
    the order, spares a flash card as long as the broker is reachable, and a process that is killed while the
    broker is unreachable loses nothing that was spilled. Events that cannot be written stay in memory, where
    fewer have room. It is used from one thread.

    Args:
        path: the spool file; it is made with its folder.
        limits: how much to keep; beyond it, the oldest events are discarded and counted.
        owned: whether no other program can have written the file; if so, it is used whatever is in it.

    Raises:
        InputError: the file cannot be used, or another process uses it.
    """

    def __init__(self, path: Path, limits: SpoolLimits | None = None, *, owned: bool = False) -> None:
        self.path, self._limits = path, limits or SpoolLimits()
        self._memory: deque[QueuedEvent] = deque()
        self._memory_bytes = self._discarded = 0
        self._spool = SpoolFile(path, self._limits, owned=owned)
        self._next = self._spool.last + 1
        self._spilled = len(self._spool) > 0
        self._failed_at: float | None = None

    def __len__(self) -> int:
        return len(self._memory) + len(self._spool)

    @property
    def lost(self) -> int:
        """Events that were discarded, as there was no room, or that the file has lost."""
        return self._discarded + self._spool.lost

    def put(self, body: str) -> None:
        """Appends an event's JSON text, unless it is too large to be kept."""
        event = QueuedEvent(self._next, body)
        self._next += 1
        if event.size > self._limits.event_bytes:
            self._discarded += 1
            _LOG.warning("an event of %d bytes is discarded: it is too large to be kept", event.size)
            return
        self._memory.append(event)
        self._memory_bytes += event.size
        if self._memory_is_full():
            self.spill()

    def save(self) -> None:
        """Writes new events to disk if others wait there already; else does nothing."""
        if self._spilled:
            self.spill()

    def spill(self) -> None:
        """Writes everything to disk if it can; what cannot be written stays in memory as far as it fits."""
        self._spilled = True
        if self._failed_at is None or time.monotonic() - self._failed_at >= RETRY_S:
            self._write()
        while self._memory_is_full():
            self._memory_bytes -= self._memory.popleft().size
            self._discarded += 1

    def head(self, count: int, after: int = 0, below: int | None = None) -> list[QueuedEvent]:
        """The oldest events with a number above `after` and, if given, a size below, at most `count`."""
        self.save()
        events = self._spool.read(count, after, below)
        newer = (one for one in self._memory if one.number > after and (below is None or one.size < below))
        return [*events, *islice(newer, count - len(events))]

    def from_size(self, size: int) -> set[int]:
        """Numbers of the events of this size in bytes and larger ones."""
        return self._spool.from_size(size) | {event.number for event in self._memory if event.size >= size}

    def remove(self, numbers: set[int]) -> None:
        """Removes events that are done."""
        self._memory = deque(event for event in self._memory if event.number not in numbers)
        self._memory_bytes = sum(event.size for event in self._memory)
        if self._spilled:
            self._spool.remove(numbers)
            self._spilled = len(self._spool) > 0

    def close(self) -> None:
        """Writes everything to disk and closes the file."""
        self._write()
        self._discarded += len(self._memory)
        self._memory.clear()
        self._spool.close()

    def _memory_is_full(self) -> bool:
        limits = self._limits
        return len(self._memory) > limits.events_in_memory or self._memory_bytes > limits.memory_bytes

    def _write(self) -> None:
        """Moves everything to disk; a full disk must cost events, never the stream."""
        try:
            if self._memory:
                self._spool.append(self._memory)
            self._memory.clear()
            self._memory_bytes, self._failed_at = 0, None
        except OSError as error:
            if self._failed_at is None:
                _LOG.warning("cannot write %s: %s: as many events as fit wait in memory", self.path, error)
            self._failed_at = time.monotonic()
