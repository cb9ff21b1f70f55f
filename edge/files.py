"""Files that appear whole or not at all, and where the user's cache is."""

import os
import tempfile
from pathlib import Path

from edgebreed.errors import InputError


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


def user_cache() -> Path:
    """Where this user's programs keep what they can make again (XDG Base Directory specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgebreed"


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
