"""An event that waits for the broker, and its line in a spool file."""

import re
import zlib
from dataclasses import dataclass
from typing import NamedTuple

_LINE = re.compile(rb"([0-9a-f]{8}) (?:(event) (\d{1,40}) (.*)|done (\d{1,40}))", re.DOTALL)
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")


class QueuedEvent(NamedTuple):
    """An event's JSON text, and its position in the queue."""

    number: int
    body: str

    @property
    def payload(self) -> bytes:
        """Its text in UTF-8; a surrogate, which UTF-8 cannot hold, becomes its JSON escape."""
        return self.body.encode("utf-8", "backslashreplace")

    @property
    def size(self) -> int:
        """Bytes of its payload."""
        return len(self.payload)

    def to_line(self) -> bytes:
        """Its line in a spool file: a checksum, `event`, its number and its JSON text.

        Line breaks become spaces: JSON allows them between its tokens only.
        """
        return _with_checksum(b"event %d %b" % (self.number, self.payload.translate(_ONE_LINE)))


@dataclass(frozen=True)
class DoneMark:
    """Says in a spool file that the events up to a number were delivered or discarded."""

    number: int

    def to_line(self) -> bytes:
        """Its line in a spool file: a checksum, `done` and the number."""
        return _with_checksum(b"done %d" % self.number)


def parse_line(line: bytes) -> QueuedEvent | DoneMark | None:
    """Reads a line of a spool file; None if a single bit of it is wrong."""
    text = line.strip(b"\r\n")
    found = _LINE.fullmatch(text)
    if not found or int(found[1], 16) != zlib.crc32(text[9:]):
        return None
    if not found[2]:
        return DoneMark(int(found[5]))
    try:
        return QueuedEvent(int(found[3]), found[4].decode())
    except UnicodeDecodeError:
        return None


def _with_checksum(text: bytes) -> bytes:
    """The line between two line breaks, so that damage to one of them costs no neighbour."""
    return b"\n%08x %b\n" % (zlib.crc32(text), text)
