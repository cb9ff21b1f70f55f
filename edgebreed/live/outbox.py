"""Events that wait for their broker, in order, bounded, on disk where it must be."""

import sqlite3
from collections import deque
from pathlib import Path
from typing import NamedTuple

from edgebreed.errors import InputError

LIMIT = 100_000  # events of about 700 bytes: more than a day at one a second, in 70 MB
SPILL = 1000  # events in memory, beyond which a slow broker counts as none
_SCHEMA = "CREATE TABLE IF NOT EXISTS events (number INTEGER PRIMARY KEY, body TEXT NOT NULL)"


class Event(NamedTuple):
    """Something to send, and its place in the order."""

    number: int
    body: str


class Outbox:
    """A queue in memory while the broker takes events, and on disk while it does not.

    `park` moves everything to disk; what is put afterwards goes there too, until all of it is delivered.
    So the order holds, a flash card is spared as long as all is well, and a process that is killed while the
    broker is away loses nothing that was parked. It is used from one thread.

    Args:
        path: an SQLite file; it is made with its folder.
        limit: events that are kept; beyond, the oldest are lost and counted.

    Attributes:
        lost: events that were given up: the oldest beyond the limit, and those that the disk refused.

    Raises:
        InputError: the file cannot be used, or another process has it.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self.path, self._limit, self.lost = path, limit, 0
        self._memory: deque[Event] = deque()
        self._database = _open(path)
        counted = self._database.execute("SELECT COUNT(*), COALESCE(MAX(number), 0) + 1 FROM events")
        self._on_disk: int
        self._next: int
        self._on_disk, self._next = counted.fetchone()
        self._parked = self._on_disk > 0

    def __len__(self) -> int:
        return len(self._memory) + self._on_disk

    def put(self, body: str) -> None:
        """Takes an event."""
        self._memory.append(Event(self._next, body))
        self._next += 1
        if len(self._memory) > SPILL:
            self.park()

    def save(self) -> None:
        """Writes to disk what has come while events wait there; with nothing there it does nothing."""
        if self._parked:
            self.park()

    def park(self) -> None:
        """Writes everything to disk."""
        self._parked = True
        kept, lost = self._on_disk, self.lost
        try:
            with self._database:
                self._database.executemany("INSERT INTO events VALUES (?, ?)", self._memory)
                self._on_disk += len(self._memory)
                self._cut()
        except sqlite3.Error:  # a full disk costs events, never the stream
            self._on_disk, self.lost = kept, lost + len(self._memory)
        self._memory.clear()

    def head(self, count: int, after: int = 0) -> list[Event]:
        """The oldest events with a number above `after`, at most `count`."""
        self.save()
        if not self._parked:
            return [event for event in self._memory if event.number > after][:count]
        rows = self._database.execute(
            "SELECT number, body FROM events WHERE number > ? ORDER BY number LIMIT ?", (after, count)
        )
        return [Event(*row) for row in rows]

    def delivered(self, numbers: set[int]) -> None:
        """Forgets events that the broker has taken."""
        self._memory = deque(event for event in self._memory if event.number not in numbers)
        if self._parked:
            with self._database:
                rows = [(number,) for number in numbers]
                gone = self._database.executemany("DELETE FROM events WHERE number = ?", rows).rowcount
            self._on_disk -= gone
            self._parked = self._on_disk > 0

    def close(self) -> None:
        """Writes everything to disk and closes the file."""
        self.park()
        self._database.close()

    def _cut(self) -> None:
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

    The write-ahead log survives a loss of power; NORMAL then costs no flush for each event.
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
            f"cannot keep events in {path}: {error}: another stream has it or it is damaged; "
            "name another file with --mqtt-spool"
        ) from error
    return database
