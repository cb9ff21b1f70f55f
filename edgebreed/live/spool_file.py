"""The file in which events wait while the broker is unreachable."""

import contextlib
import logging
import os
import stat
from collections import deque
from collections.abc import Iterable
from itertools import accumulate, islice, takewhile
from pathlib import Path

from edgebreed.edge.files import PRIVATE_FILE, lock_file, make_folder
from edgebreed.errors import InputError
from edgebreed.live.queued_event import DoneMark, QueuedEvent, parse_line
from edgebreed.live.spool_limits import SpoolLimits
from edgebreed.live.spool_scan import HEADER, SpoolEntry, SpoolScan, scan_spool

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK  # some devices block until a line is there
_LARGEST = 1 << 28  # bytes, more than any spool has
_LOG = logging.getLogger(__name__)


class SpoolFile:
    """A file of events, each a line with its own checksum, that grows at its end, and shrinks as a whole.

    A damaged byte costs the event that it belongs to and no other. What was appended survives a kill of the
    process at once. It is not flushed to the medium, which would wear out a flash card: a power failure may
    cost what the system had not written yet, on Linux the last 30 s, and no older events.

    Args:
        path: the file; it is made with its folder. A damaged one is replaced by what can be read of it, and
            kept beside as `<name>.damaged`.
        limits: beyond them, the oldest events are discarded.
        owned: whether no other program can have written the file, however it looks.

    Attributes:
        last: number of the newest event.
        lost: events that were discarded or could not be read.

    Raises:
        InputError: the file cannot be used, another process uses it, or it is no spool file.
    """

    def __init__(self, path: Path, limits: SpoolLimits, *, owned: bool = False) -> None:
        self._limits = limits
        self._path, self._file = _open(path)
        try:
            scan = _take_over(self._path, self._file, limits, owned)
        except BaseException:
            os.close(self._file)
            raise
        self._entries, self._done, self.last, self.lost = scan.entries, scan.done, scan.last, scan.lost
        self._done_early: set[int] = set()  # before an older event
        self._size = os.fstat(self._file).st_size
        if scan.damaged:
            self._salvage()

    def __len__(self) -> int:
        return len(self._entries) - len(self._done_early)

    def append(self, events: Iterable[QueuedEvent]) -> None:
        """Appends events with rising numbers.

        Raises:
            OSError: they cannot be written; none of them is in the file then.
        """
        lines = [(event.number, event.to_line()) for event in events]
        data, offset = b"".join(line for _, line in lines), self._size
        if offset + len(data) > self._limits.file_bytes:
            self._shrink()
            offset = self._size
        self._write(data)
        for number, line in lines:
            self._entries.append(SpoolEntry(number, offset + 1, len(line) - 2))
            self.last, offset = number, offset + len(line)
        self._discard_oldest(len(self._entries) - self._limits.events)

    def read(self, count: int, after: int = 0, below: int | None = None) -> list[QueuedEvent]:
        """The oldest events with a number above `after` and, if given, a size below, at most `count`.

        Damaged ones are left out.
        """
        waiting = (
            entry
            for entry in self._entries
            if entry.number > after and (below is None or entry.payload_size < below)
        )
        entries = list(islice((one for one in waiting if one.number not in self._done_early), count))
        events = [event for entry in entries if (event := self._load(entry))]
        if len(events) < len(entries):
            self.lost += len(entries) - len(events)
            self.remove({entry.number for entry in entries} - {event.number for event in events})
        return events

    def from_size(self, size: int) -> set[int]:
        """Numbers of the events of this size in bytes and larger ones."""
        found = {entry.number for entry in self._entries if entry.payload_size >= size}
        return found - self._done_early

    def remove(self, numbers: set[int]) -> None:
        """Removes events that are done, in any order."""
        newest, done = max(numbers, default=0), self._done
        first = takewhile(lambda entry: entry.number <= newest, self._entries)
        self._done_early |= numbers & {entry.number for entry in first}
        while self._entries and self._entries[0].number in self._done_early:
            self._forget_oldest()
        if self._done > done:
            self._note_done()

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)

    def _load(self, entry: SpoolEntry) -> QueuedEvent | None:
        try:
            event = parse_line(os.pread(self._file, entry.size, entry.offset))
        except OSError:  # a bad block
            return None
        return event if isinstance(event, QueuedEvent) and event.number == entry.number else None

    def _discard_oldest(self, count: int) -> None:
        for _ in range(count):
            self._forget_oldest()
        if count > 0:
            self._note_done()

    def _forget_oldest(self) -> None:
        self._done = self._entries.popleft().number
        self.lost += self._done not in self._done_early
        self._done_early.discard(self._done)

    def _note_done(self) -> None:
        """Writes down what is done; where that fails, a kill would cause it to be sent again."""
        with contextlib.suppress(OSError):
            if not self._entries:
                os.ftruncate(self._file, 0)
                self._size = 0
                self._write(HEADER)
            self._write(DoneMark(self._done).to_line())

    def _write(self, data: bytes) -> None:
        """Appends all bytes or none."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.pwrite(self._file, rest, self._size + len(data) - len(rest)) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def _salvage(self) -> None:
        """Replaces a damaged file by what can be read of it; where that is impossible, goes on in it."""
        damaged = self._path.with_name(f"{self._path.name}.damaged")
        found = f"{self._path} is damaged: {len(self)} events are read, about {self.lost} are lost"
        try:
            self._rewrite(0, damaged)
        except OSError as error:
            _LOG.warning("%s; it stays in use, as it cannot be replaced: %s", found, error)
        else:
            _LOG.warning("%s; it is kept as %s", found, damaged)

    def _shrink(self) -> None:
        """Leaves out what is done, and the oldest events where the rest is too large."""
        sizes = accumulate(entry.size + 2 for entry in reversed(self._entries))
        kept = sum(1 for _ in takewhile(lambda size: size <= self._limits.kept_bytes, sizes))
        self._rewrite(len(self._entries) - kept)

    def _rewrite(self, discarded: int, displaced: Path | None = None) -> None:
        """Puts a new file without the oldest events in place of the old one, which may get another name."""
        new = _beside(self._path)
        file = os.open(new, _FLAGS | os.O_TRUNC, PRIVATE_FILE)
        try:
            lock_file(file)
            entries, size = self._copy(discarded, file)
            os.fsync(file)  # else the name may outlive a power failure without the contents
            if displaced:
                self._path.replace(displaced)
            new.replace(self._path)
        except BaseException:
            os.close(file)
            if self._path.exists():  # else the new file is all there is
                new.unlink(missing_ok=True)
            raise
        os.close(self._file)
        for _ in range(discarded):
            self._forget_oldest()
        self._file, self._entries, self._size = file, entries, size

    def _copy(self, discarded: int, file: int) -> tuple[deque[SpoolEntry], int]:
        kept = list(islice(self._entries, discarded, None))
        done = self._entries[discarded - 1].number if discarded else self._done
        entries: deque[SpoolEntry] = deque()
        with open(file, "wb", closefd=False) as copy:
            copy.write(HEADER + DoneMark(done).to_line())
            for entry in kept:
                entries.append(SpoolEntry(entry.number, copy.tell() + 1, entry.size))
                copy.write(b"\n%b\n" % os.pread(self._file, entry.size, entry.offset))
            return entries, copy.tell()


def _open(path: Path) -> tuple[Path, int]:
    """Opens the file for this process alone: where it really is, and its descriptor."""
    try:
        real = Path(os.path.realpath(path))
        make_folder(real.parent, private=True)
        if not real.exists() and _beside(real).exists():  # killed between the two steps of a replacement
            _beside(real).rename(real)
        file = os.open(real, _FLAGS, PRIVATE_FILE)
    except (OSError, ValueError) as error:
        raise _unusable(path, error) from error
    try:
        _own(real, file)
    except BaseException:
        os.close(file)
        raise
    return real, file


def _own(path: Path, file: int) -> None:
    """Locks an open file, and makes sure that it is a regular one and still has this name."""
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise _unusable(path, "it is no regular file")
    try:
        lock_file(file)
        replaced = not os.path.samestat(path.stat(), os.fstat(file))
    except OSError as error:
        raise _unusable(path, "another stream uses it") from error
    if replaced:
        raise _unusable(path, "another stream uses it")


def _take_over(path: Path, file: int, limits: SpoolLimits, owned: bool) -> SpoolScan:
    """Reads a file, and prepares it if it is a spool file."""
    size = os.fstat(file).st_size
    try:
        scan = scan_spool(file, limits.file_bytes) if size <= _LARGEST else SpoolScan(ours=False)
    except OSError as error:
        raise _unusable(path, error) from error
    if not scan.ours and not owned:
        raise _unusable(path, "it is no spool file, or one of another version")
    scan.damaged |= not scan.ours
    with contextlib.suppress(OSError):
        os.fchmod(file, PRIVATE_FILE)
        if size == 0:
            os.pwrite(file, HEADER, 0)
    return scan


def _beside(path: Path) -> Path:
    """Where the successor of a file is written."""
    return path.with_name(f"{path.name}.edgebreed-new")


def _unusable(path: Path, reason: object) -> InputError:
    return InputError(f"cannot keep events in {path}: {reason}: name another file with --mqtt-spool")
