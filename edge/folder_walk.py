"""Every file below a folder, links followed, each with the reason where it is left out."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from edgebreed.edge.files import is_output
from edgebreed.edge.image_format import FORMATS
from edgebreed.edge.text import printable
from edgebreed.str_enum import StrEnum

_SHOWN = 3  # names in a line of text


class LeftOut(StrEnum):
    """Why a file is not read as an image."""

    FORMAT = "format"
    HEIC = "heic"
    HIDDEN = "hidden"
    OUTPUT = "output"
    LINK = "link"
    UNREADABLE = "unreadable"
    LOOSE = "loose"
    NOT_A_SPLIT = "not_a_split"
    NOT_LISTED = "not_listed"


EXPLANATIONS = {
    LeftOut.FORMAT: "in no format that is read",
    LeftOut.HEIC: "in HEIC: convert to JPEG",
    LeftOut.HIDDEN: "hidden",
    LeftOut.OUTPUT: "written by edgebreed",
    LeftOut.LINK: "links that lead nowhere or in a circle",
    LeftOut.UNREADABLE: "without permission to read, or no regular file",
    LeftOut.LOOSE: "in no class folder",
    LeftOut.NOT_A_SPLIT: "beside the split folders",
    LeftOut.NOT_LISTED: "that the CSV file does not name",
}
"""Each reason in words that follow a number of files."""


class FoundFile(NamedTuple):
    """A file, or a link or folder that cannot be followed, and why it is left out; None if it is read."""

    path: Path
    left_out: LeftOut | None


class _Folder(NamedTuple):
    """A folder to look into, and why it is left out.

    `real` holds where it really is, after the folders in which the links that led to it lie.
    """

    path: Path
    real: tuple[Path, ...]
    left_out: LeftOut | None


def walk(folder: Path, wanted: Callable[[Path], bool]) -> Iterator[FoundFile]:
    """Every file below a folder, in no particular order.

    Links to files and folders are followed; one that leads to a folder on the way to it is left out. What
    lies in a hidden folder, or in one that edgebreed wrote, is left out for that reason; the folder itself
    may be of either kind, since the caller named it.

    Args:
        folder: it.
        wanted: whether a file is read, by its name.
    """
    folders = [_Folder(folder, (folder.resolve(),), None)]
    while folders:
        current = folders.pop()
        try:
            paths = list(current.path.iterdir())
        except OSError:
            yield FoundFile(current.path, current.left_out or LeftOut.UNREADABLE)
            continue
        for path in paths:
            reason = current.left_out or (LeftOut.HIDDEN if path.name.startswith(".") else None)
            mode = _mode(path)
            if not stat.S_ISDIR(mode):
                yield FoundFile(path, reason or _reason(path, mode, wanted))
                continue
            real = _real_places(path, current.real)
            if real is None:
                yield FoundFile(path, reason or LeftOut.LINK)
            else:
                reason = reason or (LeftOut.OUTPUT if is_output(path) else None)
                folders.append(_Folder(path, real, reason))


def by_reason(files: Iterable[FoundFile]) -> dict[LeftOut, tuple[Path, ...]]:
    """The files that are left out, sorted, by reason in the order of `LeftOut`."""
    left_out = sorted((file for file in files if file.left_out), key=lambda file: file.path)
    found = {reason: tuple(file.path for file in left_out if file.left_out is reason) for reason in LeftOut}
    return {reason: paths for reason, paths in found.items() if paths}


def describe(reason: LeftOut, names: Sequence[str], count: int) -> str:
    """How many files are left out, why, and the first of their names."""
    shown = ", ".join(map(printable, names[:_SHOWN])) + (", ..." if count > _SHOWN else "")
    return f"{count} {EXPLANATIONS[reason]} ({shown})"


def describe_all(left_out: dict[LeftOut, tuple[Path, ...]], root: Path) -> str:
    """The files below a folder that are left out, in one line; empty if none is but hidden ones."""
    named = {
        reason: [path.relative_to(root if path != root else root.parent).as_posix() for path in paths]
        for reason, paths in left_out.items()
    }
    return "; ".join(
        describe(reason, names, len(names)) for reason, names in named.items() if reason is not LeftOut.HIDDEN
    )


def _mode(path: Path) -> int:
    """The type and permission bits of what a path leads to; 0 where it leads nowhere."""
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _real_places(folder: Path, real: tuple[Path, ...]) -> tuple[Path, ...] | None:
    """`_Folder.real` of a folder in one with this; None where a link leads to a folder on the way to it."""
    if not folder.is_symlink():
        return *real[:-1], real[-1] / folder.name
    target = folder.resolve()
    return None if any(place.is_relative_to(target) for place in real) else (*real, target)


def _reason(path: Path, mode: int, wanted: Callable[[Path], bool]) -> LeftOut | None:
    if mode == 0 and path.is_symlink():
        return LeftOut.LINK
    if not stat.S_ISREG(mode) or not os.access(path, os.R_OK):
        return LeftOut.UNREADABLE
    if path.suffix.lower() in FORMATS["HEIC"]:
        return LeftOut.HEIC
    return None if wanted(path) else LeftOut.FORMAT
