"""Full disks below Keras."""

import errno
import os
import tempfile
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.train.disk_faults import reason_of, temporary_folder


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
def test_a_full_disk_is_known_by_what_the_system_said(number: int) -> None:
    """Whatever a library has wrapped around it; another error is none."""
    said = os.strerror(number)
    assert said == reason_of(
        RuntimeError(f"Can't write (errno = {number}, error message = '{said}', buf = 0)")
    )
    assert reason_of(RuntimeError("no such layer")) is None


def test_a_temporary_folder_without_room_is_named() -> None:
    """With what to do; the folder is gone."""
    folders: list[Path] = []

    def write_half() -> None:
        with temporary_folder() as folder:
            folders.append(folder)
            (folder / "model").write_bytes(b"half")
            raise RuntimeError(f"OutOfRangeError: {folder}/model; {os.strerror(errno.EFBIG)}")

    place = f"cannot write a temporary model into {tempfile.gettempdir()}: File too large; make room there"
    with pytest.raises(InputError, match=f"{place}, or name another folder in TMPDIR"):
        write_half()
    assert [False] == [folder.exists() for folder in folders]


def test_a_bug_is_no_full_disk() -> None:
    """It stays what it is."""
    with pytest.raises(RuntimeError, match="no such layer"), temporary_folder():
        raise RuntimeError("no such layer")
