"""The labels that users read in place of folder names, from the file of `train --names`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgebreed.edge.json_fields import SHORT, control_characters
from edgebreed.edge.text import printable, read_text
from edgebreed.errors import InputError
from edgebreed.train.layout import normalized


def read_names(path: Path) -> dict[str, str]:
    """The label of each class folder that a JSON file names.

    Args:
        path: the file, see `edgebreed.edge.text.read_text` for its encodings.

    Raises:
        InputError: it cannot be read, or holds no object of folder names and labels.
    """
    try:
        names = json.loads(read_text(path, f"--names {path}"), object_pairs_hook=_once)
        labels = {normalized(folder): _label(shown) for folder, shown in names.items()}
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise InputError(
            f'{path} is no list of names ({error}): give JSON such as {{"folder": "Label"}}'
        ) from error
    return labels


def shown_labels(classes: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """What users read for each class: its label of `read_names`, or its folder's name in one line."""
    return tuple(names.get(name, printable(name)[:SHORT]) for name in classes)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = dict(pairs)
    if len(names) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)} stands there twice")
    return names


def _label(shown: object) -> str:
    if isinstance(shown, bool) or not isinstance(shown, str | int) or not str(shown).strip():
        raise TypeError(f"{shown!r} is no label")
    if not 1 <= len(str(shown)) <= SHORT or control_characters(str(shown).encode().decode()):
        raise ValueError(f"{shown!a:.80} is no label: 1 to {SHORT} letters without control characters are")
    return str(shown)
