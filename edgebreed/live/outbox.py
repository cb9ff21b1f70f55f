"""A bounded queue of events for the broker, in memory, and on disk while the broker is unreachable."""

import sqlite3
from collections import deque
from pathlib import Path
from typing import NamedTuple

from edgebreed.errors import InputError

LIMIT = 100_000  # events of about 700 bytes: more than a day at one a second, in 70 MB
MEMORY_LIMIT = 1000  # events in memory, beyond which a slow broker is treated as unreachable
_SCHEMA = "CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, body TEXT NOT NULL)"


class QueuedEvent(NamedTuple):
    """An event's JSON text, and its position in the queue."""

    number: int
    body: str


class Outbox:
    """A queue in memory while the broker takes events, and on disk while it does not.

    `spill` moves everything to disk; later events go there too, until all of them are delivered. This keeps
    the order, spares a flash card as long as the broker is reachable, and a process that is killed while the
    broker is unreachable loses nothing that was spilled. It is used from one thread.

    Args:
        path: an SQLite file; it is created with its folder.
        limit: events to keep; beyond it, the oldest are discarded and counted.

    Attributes:
        lost: events that were discarded: the oldest beyond the limit, and those that could not be written.

    Raises:
        InputError: the file cannot be used, or another process uses it.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path, self._limit, self.lost = path, limit, 0
        self._memory: deque[QueuedEvent] = deque()
        self._database = _open(path)
        counted = self._database.execute("SELECT COUNT(*), COALESCE(MAX(number), 0) + 1 FROM events")
        self._on_disk: int
        self._next: int
        self._on_disk, self._next = counted.fetchone()
        self._spilled = self._on_disk > 0

    def __len__(self) -> int:
        return len(self._memory) + self._on_disk

    def put(self, body: str) -> None:
        """Appends an event."""
        self._memory.append(QueuedEvent(self._next, body))
        self._next += 1
        if len(self._memory) > MEMORY_LIMIT:
            self.spill()

    def save(self) -> None:
        """Writes new events to disk if others wait there already; else does nothing."""
        if self._spilled:
            self.spill()

    def spill(self) -> None:
        """Writes everything to disk."""
        self._spilled = True
        before, lost = self._on_disk, self.lost
        try:
            with self._database:
                self._database.executemany("INSERT INTO events VALUES (?, ?)", self._memory)
                self._on_disk += len(self._memory)
                self._discard_excess()
        except sqlite3.Error:  # a full disk must cost events, never the stream
            self._on_disk, self.lost = before, lost + len(self._memory)
        self._memory.clear()

    def head(self, count: int, after: int = 0) -> list[QueuedEvent]:
        """The oldest events with a number above `after`, at most `count`."""
        self.save()
        if not self._spilled:
            return [event for event in self._memory if event.number > after][:count]
        rows = self._database.execute(
            "SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?", (after, count)
        )
        return [QueuedEvent(*row) for row in rows]

    def remove(self, numbers: set[int]) -> None:
        """Removes events that were delivered."""
        self._memory = deque(event for event in self._memory if event.number not in numbers)
        if self._spilled:
            with self._database:
                rows = [(number,) for number in numbers]
                removed = self._database.executemany("DELETE FROM events WHERE number = ?", rows).rowcount
            self._on_disk -= removed
            self._spilled = self._on_disk > 0

    def close(self) -> None:
        """Writes everything to disk and closes the file."""
        self.spill()
        self._database.close()

    def _discard_excess(self) -> None:
        excess = self._on_disk - self._limit
        if excess > 0:
            self._database.execute(
                "DELETE FROM events WHERE number IN (SELECT number FROM events ORDER BY number LIMIT ?)",
                (excess,),
            )
            self._on_disk -= excess
            self.lost += excess


def _open(path: Path) -> sqlite3.Connection:
    """Opens the file for this process alone.

    The write-ahead log survives a power failure; with synchronous NORMAL it needs no flush for each event.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, timeout=0.5, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise InputError(
            f"cannot keep events in {path}: {error}: name another file with --mqtt-spool"
        ) from error
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        with database:
            database.execute(_SCHEMA)
    except sqlite3.Error as error:
        database.close()
        raise InputError(
            f"cannot keep events in {path}: {error}: another stream uses it or it is damaged; "
            "name another file with --mqtt-spool"
        ) from error
    return database
