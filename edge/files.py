"""Files that appear whole or not at all, folders that edgebreed wrote, and where the user's cache is."""

import fcntl
import glob
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from edgebreed.errors import InputError

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
"""Modes of new files and folders that hold pictures or events: what a camera saw is its user's own business.

Other files get the modes that the user's umask leaves; a file or folder that exists keeps its mode.
"""
OUTPUT_MARKER = ".edgebreed-output"
_MARK = b"edgebreed wrote this folder: training and predicting leave its pictures out.\n"
_PREFIX = 50  # letters of a temporary file's name: one of 255 bytes leaves no room for more
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_RECORD = "run.json"  # of a run, of versions that left no marker


def refuse_existing(path: Path, overwrite: bool, other: str = "another --out") -> None:
    """Lets a new file through, or one that may be replaced.

    Args:
        path: the file.
        overwrite: whether it may be replaced.
        other: what else the user can pass.

    Raises:
        InputError: it exists.
    """
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists: pass --overwrite or {other}")


def write_whole(path: Path, data: bytes, *, overwrite: bool = False, private: bool = False) -> None:
    """Writes a file atomically: beside its place first, then renamed, so that no reader sees half of it.

    Args:
        path: the file.
        data: its bytes.
        overwrite: whether it may be replaced.
        private: whether it holds pictures or events, see `PRIVATE_FILE`.

    Raises:
        InputError: the file exists and `overwrite` is not set, or it cannot be written.
    """
    refuse_existing(path, overwrite)
    with replacing(path, private=private) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Opens a file for writing that takes its place when it is complete, and the older file's with it.

    An error or a kill leaves the older file as it was; an error also leaves nothing beside it.

    Args:
        path: the file.
        private: whether it holds pictures or events, see `PRIVATE_FILE`.

    Yields:
        A binary file under another name with the same suffix in the same folder, which is made if missing.

    Raises:
        InputError: the file cannot be written, for example as the disk is full.
    """
    try:
        with _replacing(path, private) as file:
            yield file
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def remove_leftovers(path: Path) -> None:
    """Removes what `replacing` left beside a file when its process was killed; nobody may be writing it."""
    for leftover in path.parent.glob(f"{glob.escape(_prefix(path))}*"):
        leftover.unlink(missing_ok=True)


def lock_file(file: int) -> None:
    """Keeps other processes out of an open file until it is closed; a file system without locks has none.

    Args:
        file: its descriptor.

    Raises:
        BlockingIOError: another process has locked it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return


def make_folder(folder: Path, *, private: bool = False) -> None:
    """Makes a folder if it is missing, with those above it.

    Args:
        folder: the folder.
        private: whether it will hold pictures or events, see `PRIVATE_FOLDER`; then those above it that are
            made are private too, as who may write into one of these could put another in its place.

    Raises:
        OSError: it cannot be made.
    """
    if private and not folder.parent.exists():
        make_folder(folder.parent, private=True)  # `parents` below would leave their mode to the umask
    folder.mkdir(PRIVATE_FOLDER if private else 0o777, parents=True, exist_ok=True)


def mark_output(folder: Path, *, private: bool = False) -> bool:
    """Marks a folder as written by edgebreed, so that its pictures are not taken for photos to learn.

    A folder that holds files of others is not marked, as these would no longer be read then.

    Args:
        folder: the folder, which is made if missing.
        private: whether it will hold pictures or events, see `PRIVATE_FOLDER`.

    Returns:
        Whether the folder is marked.

    Raises:
        InputError: the folder or its mark cannot be made; no part of them is left then.
    """
    marker, made = folder / OUTPUT_MARKER, not folder.exists()
    try:
        make_folder(folder, private=private)
        if marker.exists() or any(folder.iterdir()):
            return marker.exists()
        write_whole(marker, _MARK, overwrite=True, private=private)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from error
    except InputError:  # the disk is full
        if made:
            folder.rmdir()
        raise
    return True


def remove_unused(folder: Path) -> None:
    """Removes a folder that holds nothing but its mark, if that."""
    if {path.name for path in folder.iterdir()} <= {OUTPUT_MARKER}:
        (folder / OUTPUT_MARKER).unlink(missing_ok=True)
        folder.rmdir()


def is_output(folder: Path) -> bool:
    """Whether edgebreed wrote a folder: it is a run, or bears the mark of `mark_output`."""
    return os.path.lexists(folder / OUTPUT_MARKER) or _is_record(folder / _RECORD)


def _is_record(path: Path) -> bool:
    """Whether a file is the record of a run; other programs write files of that name too."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(record, dict) and {"arch", "classes", "data"} <= record.keys()


def user_cache() -> Path:
    """Where this user's programs keep what they can make again (XDG Base Directory specification).

    A user without a home, as containers run under a number alone, keeps it among the temporary files.
    """
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"edgebreed-{os.getuid()}"
    return root / "edgebreed"


def _prefix(path: Path) -> str:
    """How the names of a file's unfinished versions begin."""
    return f".{path.name[:_PREFIX]}."


@contextmanager
def _replacing(path: Path, private: bool) -> Iterator[BinaryIO]:
    make_folder(path.parent, private=private)
    beside = path.parent / f"{_prefix(path)}{secrets.token_hex(4)}{path.suffix}"
    os.close(os.open(beside, _NEW, PRIVATE_FILE if private else 0o666))
    try:
        with beside.open("wb") as file:
            yield file
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
