"""Nothing is overwritten by accident."""

from pathlib import Path

from edgebreed.errors import InputError


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Lets a new file through, or one that may be replaced.

    Raises:
        InputError: it exists.
    """
    if path.exists() and not overwrite:
        raise InputError(f"{path} exists: pass --overwrite or another name")
