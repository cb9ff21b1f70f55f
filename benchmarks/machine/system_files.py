"""Reads the small files of `/proc` and `/sys`; a file that is missing gives None, never an error."""

from pathlib import Path


def read_text(path: Path) -> str | None:
    """A file's text without the line end or zero byte; None where it is empty or cannot be read."""
    try:
        return path.read_bytes().decode(errors="replace").strip("\0 \n") or None
    except OSError:
        return None


def read_number(path: Path) -> float | None:
    """The number in a file; None where there is none."""
    try:
        return float(read_text(path) or "")
    except ValueError:
        return None


def read_numbers(folder: Path, pattern: str) -> dict[str, float]:
    """The numbers in all files below a folder that match a glob pattern, by relative path."""
    found = {path.relative_to(folder).as_posix(): read_number(path) for path in sorted(folder.glob(pattern))}
    return {name: value for name, value in found.items() if value is not None}
