"""A new file for a library that writes it piece by piece and does not report every error."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from edgebreed.edge.files import PRIVATE_FILE

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


class UnbufferedFile:
    """A file whose bytes are handed to the system at once, and which keeps the first error.

    Nothing is written after an error, so that what is there stays as it is.

    Args:
        path: the file; one that exists is replaced.

    Attributes:
        error: the first error of the system; None without one.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.error: OSError | None = None
        self._path, self._is_new = path, not os.path.lexists(path)
        self._file = os.open(path, _FLAGS, PRIVATE_FILE)

    def write(self, data: bytes) -> int:
        """Writes all bytes, unless an error came before, and returns their number."""
        rest = memoryview(data)
        try:
            while rest and self.error is None:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            self.error = error
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes to an offset in bytes, and returns it from the begin."""
        return os.lseek(self._file, offset, whence)

    def tell(self) -> int:
        """The offset in bytes."""
        return self.seek(0, os.SEEK_CUR)

    @property
    def closed(self) -> bool:
        """Whether it was closed, after which PyAV writes no trailer when a container is collected."""
        return self._file < 0

    def close(self) -> None:
        """Closes the file, and keeps an error that comes only now, as that of a file server or a quota."""
        try:
            if stat.S_ISREG(os.fstat(self._file).st_mode):
                os.fsync(self._file)
        except OSError as error:
            self.error = self.error or error
        with suppress(OSError):
            os.close(self._file)
        self._file = -1

    def remove(self) -> None:
        """Removes the file if this object made it; one that was there before is its owner's."""
        if self._is_new:
            self._path.unlink(missing_ok=True)
