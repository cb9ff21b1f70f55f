"""A file for a library that does not report every error."""

import errno
import os
from pathlib import Path

import pytest

from edgebreed.outputs.unbuffered_file import UnbufferedFile

from .small_disk import largest_file


def test_what_is_written_is_in_the_file_at_once(tmp_path: Path) -> None:
    """At the offset that was gone to."""
    file = UnbufferedFile(tmp_path / "f")
    file.write(b"abcdef")
    assert (2, 2) == (file.seek(2), file.tell())
    file.write(b"XY")
    assert b"abXYef" == (tmp_path / "f").read_bytes()
    file.close()
    assert (None, 0o600) == (file.error, (tmp_path / "f").stat().st_mode & 0o777)


def test_the_first_error_is_kept_and_ends_the_writing(tmp_path: Path) -> None:
    """What fitted before it stays."""
    file = UnbufferedFile(tmp_path / "f")
    with largest_file(4):
        assert 6 == file.write(b"abcdef")
    file.write(b"more")
    assert not file.closed
    file.close()
    assert file.error is not None
    assert file.closed
    assert (errno.EFBIG, b"abcd") == (file.error.errno, (tmp_path / "f").read_bytes())


@pytest.mark.parametrize("was_there", [False, True])
def test_only_a_new_file_is_removed(tmp_path: Path, was_there: bool) -> None:
    """One that was there before is its owner's, and so is a link."""
    if was_there:
        (tmp_path / "f").touch()
    file = UnbufferedFile(tmp_path / "f")
    file.close()
    file.remove()
    assert (None, was_there) == (file.error, os.path.lexists(tmp_path / "f"))


def test_a_closed_file_is_not_written(tmp_path: Path) -> None:
    """Its descriptor may be that of another file by then."""
    file = UnbufferedFile(tmp_path / "f")
    file.close()
    other = os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT)
    file.write(b"late")
    os.close(other)
    assert (0, 0) == ((tmp_path / "f").stat().st_size, (tmp_path / "other").stat().st_size)


def test_a_device_without_storage_is_written(tmp_path: Path) -> None:
    """It has nothing to flush."""
    (tmp_path / "f").symlink_to("/dev/null")
    file = UnbufferedFile(tmp_path / "f")
    file.write(b"abc")
    file.close()
    assert (None, True) == (file.error, (tmp_path / "f").is_symlink())
