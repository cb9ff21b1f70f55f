"""What `--recipe` names: preprocessing that has a name, or a JSON file in one of several dialects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgebreed.edge.json_fields import JsonFields
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError
from edgebreed.export.importer.dialects.json_dialects import DIALECTS, read_object
from edgebreed.export.importer.dialects.stated_fields import deviations, factor, means, side, size
from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import labels_of
from edgebreed.export.importer.named_recipes import NAMED
from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind


def read_recipe(name_or_file: str) -> PartialRecipe:
    """A recipe by its name, or from a file.

    A file holds the fields of a `PartialRecipe` (as they are, or each with `value` and `origin` as
    `edgebreed import --json` prints them), or is one of those that `dialects` read.

    Args:
        name_or_file: a name of `NAMED` counts first; `./name` is a file.

    Raises:
        InputError: there is no such name or file, or a value is not what is allowed.
    """
    if name_or_file in NAMED:
        return NAMED[name_or_file]
    path = Path(name_or_file)
    if not path.exists():
        raise InputError(f"--recipe {name_or_file}: no such file, and no name, which are {', '.join(NAMED)}")
    data = read_object(path, f"--recipe {path}")
    try:
        recipe = _read(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"--recipe {path}: {error}") from error
    if not recipe.stated():
        raise InputError(f"--recipe {path} states nothing of preprocessing, output or labels")
    return recipe


def _read(data: dict[str, Any]) -> PartialRecipe:
    for _, _, read in DIALECTS:
        recipe = read(data)
        if recipe is not None:
            return recipe
    for key in ("imported", "recipe"):
        data = data[key] if isinstance(data.get(key), dict) else data
    stated = {name: _value(entry) for name, entry in data.items()}
    if isinstance(stated.get("labels"), int):  # their number, as `edgebreed inspect --json` prints it
        del stated["labels"]
    return _own(stated)


def _value(stated: Any) -> Any:
    """The value of a field that is printed with its origin."""
    return stated["value"] if isinstance(stated, dict) and stated.keys() == {"value", "origin"} else stated


def _own(data: dict[str, Any]) -> PartialRecipe:
    fields = JsonFields(data, "recipe")
    takers: dict[str, Callable[[str], Any]] = {
        "layout": lambda key: fields.choice(key, Layout),
        "channels": lambda key: fields.choice(key, Channels),
        "scale": lambda key: factor(fields, key),
        "mean": lambda key: means(fields, key),
        "std": lambda key: deviations(fields, key),
        "size": lambda key: size(fields, key),
        "resize": lambda key: fields.choice(key, ResizeRule),
        "resize_to": lambda key: side(fields, key),
        "interpolation": lambda key: fields.choice(key, Interpolation),
        "padding": lambda key: fields.whole(key, 0, 255),
        "rounding": lambda key: fields.choice(key, Rounding),
        "jpeg_quality": lambda key: fields.whole(key, 1, 100),
        "output": lambda key: fields.choice(key, OutputKind),
        "output_name": fields.text,
        "labels": lambda key: labels_of(data[key]),
        "subject": fields.text,
    }
    recipe = PartialRecipe(**{key: fields.optional(key, take) for key, take in takers.items()})
    fields.end()
    return recipe
