"""Lists of images to leave out: written by `data check`, edited by users, read by `train --exclude`."""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from edgebreed.edge.text import read_text


def read_list(path: Path, known: AbstractSet[str] = frozenset(), roots: Sequence[Path] = ()) -> set[str]:
    """Images to leave out: the first tab-separated column of each line that is no comment.

    A line is taken for a name of `known` wherever it can be one: a name may begin with `#` as a comment does,
    end with a blank, hold tabs, or stand in the quotes of `listed_name`. A path with backslashes, or with the
    root in front of it as edgebreed prints it, is known too.

    Args:
        path: the list, see `edgebreed.edge.text.read_text` for its encodings.
        known: paths of the images below their root.
        roots: folders that the paths may begin with.

    Raises:
        InputError: the list cannot be read, or is no text.
    """
    lines = read_text(path, f"--exclude {path}").split("\n")
    return {name for line in lines if (name := _name_in(line, known, [f"{root}/" for root in roots]))}


def listed_name(name: str) -> str:
    """A path as it stands in a list: in JSON's quotes where it would be misread, or break a line, without."""
    plain = name.isprintable() and name == name.strip() and name[:1] not in ("#", '"')
    return name if plain else json.dumps(name)


def _name_in(line: str, known: AbstractSet[str], prefixes: Sequence[str]) -> str:
    """The name that a line holds; empty for a comment."""
    ended = line.removesuffix("\r")
    column = ended.split("\t")[0].strip()
    unquoted = _unquoted(column)
    names = [line, ended, ended.strip(), ended.split("\t")[0], column, unquoted]
    names += [name.replace("\\", "/") for name in names]
    names += [name.removeprefix(prefix) for prefix in prefixes for name in names if name.startswith(prefix)]
    found = next((name for name in names if name in known), unquoted)
    return "" if found not in known and column.startswith("#") else found


def _unquoted(column: str) -> str:
    try:
        name = json.loads(column) if column.startswith('"') else column
    except ValueError:
        return column
    return str(name)
