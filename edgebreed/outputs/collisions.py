"""Keeps outputs from overwriting what they are made of, and one another."""

from collections.abc import Sequence
from pathlib import Path

from edgebreed.edge.images import is_photo
from edgebreed.errors import InputError


def refuse_collisions(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Lets outputs through that are no input, by whatever name, and no photo of one, and not the same.

    Raises:
        InputError: an output is one of these; `--overwrite` makes no difference.
    """
    for number, output in enumerate(outputs):
        for other in (*inputs, *outputs[:number]):
            if _is_same(output, other) or _is_part(output, other):
                raise InputError(f"{output} would overwrite {other}: name another file")


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)  # also by a link
    except OSError:  # at least one is not there yet
        return one.resolve() == other.resolve()


def _is_part(output: Path, folder: Path) -> bool:
    return folder.is_dir() and is_photo(output) and output.resolve().is_relative_to(folder.resolve())
