"""Reads a spool file from its begin to its end, past whatever is damaged."""

import re
from collections import deque
from typing import NamedTuple

from edgebreed.live.queued_event import DoneMark, QueuedEvent, parse_line

HEADER = b"edgebreed spool 1\n"
_BEGIN = re.compile(rb"edgebreed spool 1(?!\d+\r?\n)")  # but not that of version 10
_SHORTEST_EVENT = 18  # bytes of a line
_LONGEST_MARK = 60


class SpoolEntry(NamedTuple):
    """Where an event's line is in the file, in bytes."""

    number: int
    offset: int
    size: int

    @property
    def payload_size(self) -> int:
        """Bytes of the event's payload."""
        return self.size - len(f"01234567 event {self.number} ")


class SpoolScan:
    """What a file holds.

    Attributes:
        entries: the events that are not done, in order.
        done: number of the last event that is done.
        lost: events that cannot be read, as far as the gaps in the numbers tell; at the end of the file, one.
        damaged: whether there are bytes that belong to no event.
        ours: whether it is a spool file, as far as can be seen, or nobody's: empty or full of zeros.
    """

    def __init__(self, *, ours: bool = True) -> None:
        self.entries: deque[SpoolEntry] = deque()
        self.done = self.lost = 0
        self.damaged, self.ours = False, ours
        self._recognised = False
        self._bad = self._bad_end = 0  # bytes, and those of them after the last event

    @property
    def last(self) -> int:
        """Number of the newest event."""
        return self.entries[-1].number if self.entries else self.done

    def take(self, line: bytes, offset: int) -> None:
        """Takes the next line, which begins at this offset."""
        text = line.strip(b"\r\n")
        record = parse_line(text)
        if isinstance(record, QueuedEvent):
            self._add(SpoolEntry(record.number, offset, len(text)))
        elif record:
            self._mark(record)
        elif text and (offset > 0 or text != HEADER.strip()):
            self._bad += len(text)
            self._bad_end += len(text)
            self.damaged = True
        self._recognised |= bool(record) or (offset == 0 and _is_header(line))
        self.ours = self._recognised or (self.ours and not text.strip(b"\0"))

    def end(self) -> None:
        """Puts the events in order, and estimates what is lost."""
        numbers = [entry.number for entry in self.entries]
        if numbers != sorted(set(numbers)):  # blocks are doubled, or in another order
            by_number = {entry.number: entry for entry in self.entries if entry.number > self.done}
            self.entries = deque(by_number[number] for number in sorted(by_number))
        gaps = self.last - self.done - len(self.entries)
        self.lost = min(gaps, self._bad // _SHORTEST_EVENT + (self._bad > 0)) + (
            self._bad_end > _LONGEST_MARK
        )

    def _add(self, entry: SpoolEntry) -> None:
        if entry.number > self.done:
            self._bad_end = 0
            self.entries.append(entry)

    def _mark(self, mark: DoneMark) -> None:
        self.done = max(self.done, mark.number)
        while self.entries and self.entries[0].number <= self.done:
            self.entries.popleft()
        if not self.entries:
            self._bad_end = 0  # it was done too


def _is_header(line: bytes) -> bool:
    """Whether a first line is the header, or as much of it as a kill or an editor has left."""
    return HEADER.startswith(line) or bool(_BEGIN.match(line))


def scan_spool(file: int, longest: int) -> SpoolScan:
    """Scans an open file.

    Args:
        file: its descriptor.
        longest: most bytes of a line; a longer one is damaged.

    Raises:
        OSError: it cannot be read.
    """
    scan, offset = SpoolScan(), 0
    with open(file, "rb", closefd=False) as lines:
        lines.seek(0)
        while line := lines.readline(longest):
            scan.take(line, offset)
            offset += len(line)
    scan.end()
    return scan
