"""Full disks, as the libraries below Keras report them: HDF5 and TensorFlow with errors of their own."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgebreed.errors import InputError

_REASONS = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))


def reason_of(error: Exception) -> str | None:
    """What the system said where a disk is full; None for any other error."""
    return next((reason for reason in _REASONS if reason in str(error)), None)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for a model on its way to another format.

    Yields:
        The folder, which is removed afterwards.

    Raises:
        InputError: the disk that temporary files are on is full.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield Path(folder)
        except Exception as error:
            reason = reason_of(error)
            if reason is None:
                raise
            raise InputError(
                f"cannot write a temporary model into {Path(folder).parent}: {reason}; make room there, or "
                "name another folder in TMPDIR"
            ) from error
