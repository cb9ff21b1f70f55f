"""Files that appear whole or not at all, folders that edgebreed wrote, and where the user's cache is."""

import os
import tempfile
from pathlib import Path

from edgebreed.errors import InputError

OUTPUT_MARKER = ".edgebreed-output"
_PREFIX = 50  # letters of a temporary file's name: one of 255 bytes leaves no room for more
_OUTPUTS = (OUTPUT_MARKER, "run.json")  # the second is the record of a run, which needs no marker


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


def write_whole(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Writes a file atomically: beside its place first, then renamed, so that no reader sees half of it.

    Raises:
        InputError: the file exists and `overwrite` is not set, or it cannot be written.
    """
    refuse_existing(path, overwrite)
    try:
        _replace(path, data)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


def mark_output(folder: Path) -> bool:
    """Marks a folder as written by edgebreed, so that its pictures are not taken for photos to learn.

    A folder that holds files of others is not marked, as these would no longer be read then.

    Returns:
        Whether the folder is marked.

    Raises:
        InputError: the folder cannot be made.
    """
    marker = folder / OUTPUT_MARKER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if marker.exists() or any(folder.iterdir()):
            return marker.exists()
        marker.write_text("edgebreed wrote this folder: training and predicting leave its pictures out.\n")
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from error
    return True


def remove_unused(folder: Path) -> None:
    """Removes the mark of a folder that nothing else was written into, and the folder."""
    if [path.name for path in folder.iterdir()] == [OUTPUT_MARKER]:
        (folder / OUTPUT_MARKER).unlink()
        folder.rmdir()


def is_output(folder: Path) -> bool:
    """Whether edgebreed wrote a folder: it is a run, or bears the mark of `mark_output`."""
    return any(os.path.lexists(folder / name) for name in _OUTPUTS)


def user_cache() -> Path:
    """Where this user's programs keep what they can make again (XDG Base Directory specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgebreed"


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_PREFIX]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
