"""A file of lines that only grows, and whose last line is whole."""

import json
import os
from pathlib import Path

from edgebreed.edge.files import PRIVATE_FILE, lock_file

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT
_BLOCK = 65536  # bytes
_BEGIN = b'{"schema": '  # of each event


class AppendFile:
    """A file of events, one JSON object a line, opened to append; each line is handed to the system at once.

    A last line that a kill or a full disk has cut is completed where only its end of line is missing, else
    removed. A file that was moved away, as logrotate does, is followed by a new one under the old name; one
    that was truncated in place goes on at its begin.

    Args:
        path: the file; one that is no regular file, such as a pipe, is only written to.
        overwrite: whether to begin anew.

    Raises:
        OSError: it cannot be opened or read, or another process writes it (`BlockingIOError`).
        ValueError: it exists, and holds something else than events.
    """

    def __init__(self, path: Path, overwrite: bool) -> None:
        self._path = path
        self._file = self._open(overwrite)

    def write_line(self, line: str) -> None:
        """Appends a line; one that does not fit on the disk leaves nothing behind.

        Raises:
            OSError: the file cannot be written.
        """
        if self._moved_away():
            self.close()
            self._file = self._open(overwrite=False)
        _append(self._file, line.encode() + b"\n")

    def close(self) -> None:
        """Closes the file; a second call does nothing. One that is new and stayed empty is removed."""
        if self._file >= 0:
            if self._is_new and os.fstat(self._file).st_size == 0 and not self._moved_away():
                self._path.unlink()
            os.close(self._file)
        self._file = -1

    def _open(self, overwrite: bool) -> int:
        self._is_new = not os.path.lexists(self._path)
        regular = self._path.is_file() or not self._path.exists()
        file = os.open(self._path, _FLAGS if regular else os.O_WRONLY | os.O_APPEND, PRIVATE_FILE)
        self._followed = regular
        try:
            if regular:
                lock_file(file)
                os.ftruncate(file, 0) if overwrite else _mend_last_line(file)
        except BaseException:
            os.close(file)
            raise
        return file

    def _moved_away(self) -> bool:
        if not self._followed:
            return False
        try:
            return not os.path.samestat(self._path.stat(), os.fstat(self._file))
        except FileNotFoundError:
            return True


def _append(file: int, data: bytes) -> None:
    """Appends all bytes or none."""
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(file, rest) :]
    except OSError:
        taken = len(data) - len(rest)
        if taken:
            os.ftruncate(file, max(0, os.fstat(file).st_size - taken))
        raise


def _mend_last_line(file: int) -> None:
    """Completes or removes a last line whose end is missing.

    Raises:
        ValueError: the file begins otherwise than an events file.
    """
    if not _BEGIN.startswith(os.pread(file, len(_BEGIN), 0)):
        raise ValueError("holds something else than events")
    begin, line = _last_line(file)
    if _is_object(line):
        _append(file, b"\n")
    elif line:
        os.ftruncate(file, begin)


def _last_line(file: int) -> tuple[int, bytes]:
    """Where the last line begins, and its bytes: none if the file ends with an end of line."""
    begin, line = os.fstat(file).st_size, b""
    while begin > 0:
        start = max(0, begin - _BLOCK)
        block = os.pread(file, begin - start, start)
        end_of_line = block.rfind(b"\n")
        line, begin = block[end_of_line + 1 :] + line, start + end_of_line + 1
        if end_of_line >= 0:
            break
    return begin, line


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
