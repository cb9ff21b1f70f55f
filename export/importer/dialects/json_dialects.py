"""Dialects whose words are the fields of a JSON object, in a file of a known name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgebreed.edge.text import read_text
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects import hugging_face, teachable_machine, timm_config
from edgebreed.export.importer.import_recipe import PartialRecipe

Reader = Callable[[dict[str, Any]], PartialRecipe | None]
"""Takes an object; None where it is another program's. A wrong value raises `ValueError`."""

DIALECTS: tuple[tuple[str, str, Reader], ...] = (
    ("preprocessor_config.json", hugging_face.NAME, hugging_face.of_preprocessor),
    ("config.json", hugging_face.NAME, hugging_face.of_config),
    ("config.json", timm_config.NAME, timm_config.of_config),
    ("metadata.json", teachable_machine.NAME, teachable_machine.of_metadata),
)
"""Name of the file, name of the dialect, and what reads it."""
MAX_BYTES = 1 << 24  # of a file; that of a network with 21,841 classes has some 3 MB


def read_object(path: Path, name: str) -> dict[str, Any]:
    """The object of a JSON file.

    Args:
        path: the file.
        name: what to call it in an error.

    Raises:
        InputError: it cannot be read, is too long, or holds no JSON object.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if size > MAX_BYTES:
        raise InputError(f"{name} has {size:,} bytes: at most {MAX_BYTES:,} are allowed")
    try:
        data = json.loads(read_text(path, name))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is no JSON ({error})") from error
    if not isinstance(data, dict):
        raise InputError(f"{name} holds no JSON object")
    return data
