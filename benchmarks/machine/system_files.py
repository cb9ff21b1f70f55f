"""Reads the kernel's small files; what is not there is None, never an error."""

from pathlib import Path


def text(path: Path) -> str | None:
    """A file's text without its end; None where it cannot be read or is empty."""
    try:
        return path.read_bytes().decode(errors="replace").strip("\0 \n") or None
    except OSError:
        return None


def number(path: Path) -> float | None:
    """A file's number; None where there is none."""
    try:
        return float(text(path) or "")
    except ValueError:
        return None


def numbers(folder: Path, pattern: str) -> dict[str, float]:
    """The numbers of all files below a folder that fit a pattern, by their path from there."""
    found = {path.relative_to(folder).as_posix(): number(path) for path in sorted(folder.glob(pattern))}
    return {name: value for name, value in found.items() if value is not None}
