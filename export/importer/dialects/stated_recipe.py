"""What a model file and its neighbours say of how the model is used, in whichever dialect they speak."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgebreed.edge.formats import MAX_BYTES, ModelFormat, sniff
from edgebreed.errors import InputError, ModelFileError
from edgebreed.export.importer.dialects import (
    metadata_labels,
    model_api,
    teachable_machine,
    tflite_description,
    ultralytics_metadata,
)
from edgebreed.export.importer.dialects.json_dialects import DIALECTS, Reader, read_object
from edgebreed.export.importer.dialects.tflite_archive import archived
from edgebreed.export.importer.foreign_model import ForeignModel
from edgebreed.export.importer.import_recipe import PartialRecipe

Found = tuple[str, PartialRecipe]
"""The name of a dialect, with what was read in it."""

_AS_THEY_ARE = {"scale": 1.0, "mean": (0.0,), "std": (1.0,)}
_GROUPS = (
    frozenset(_AS_THEY_ARE),
    frozenset({"size", "resize", "resize_to", "interpolation", "padding", "rounding"}),
)
"""Fields that only mean something together, so that one dialect gives all of them."""
_GENERIC = ("config.json", "metadata.json")  # also names of other programs' files, which need be no JSON
_LABELS_BEHIND = ("labels.txt", "labelmap.txt")  # as files for TFLite have them without a description


def stated_by_file(model: ForeignModel) -> tuple[PartialRecipe, tuple[str, ...]]:
    """What a model file says of itself, and what lies beside it in files of known names.

    Where two dialects state a field, the one within the model's own file counts.

    Args:
        model: the file; neighbours are looked for in its folder, and then in the folder above.

    Returns:
        A recipe, which states nothing where nothing was found, and names of the dialects that it is from.

    Raises:
        InputError: a value is not what its dialect allows, or the model is said to be no classifier.
        ModelFileError: the description within the model is damaged.
    """
    try:
        found = _within(model)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{model.path} says of itself what cannot be: {error}") from error
    except ModelFileError as error:
        raise ModelFileError(f"{model.path}: {error}") from error
    found += _stating(_beside(model.path))
    recipe = _fitted(_merged([recipe for _, recipe in found]), model)
    return recipe, tuple(dict.fromkeys(name for name, _ in found))


def _within(model: ForeignModel) -> list[Found]:
    """What the model's own file says; labels without a dialect only count where no dialect has some."""
    data = _tflite(model)
    found = _stating(_described(model.metadata, data))
    labelled = any(recipe.labels for _, recipe in found)
    return found if labelled else found + _stating(_labels_alone(model.metadata, data))


def _stating(read: Iterable[tuple[str, PartialRecipe | None]]) -> list[Found]:
    return [(name, recipe) for name, recipe in read if recipe is not None and recipe.stated()]


def _described(metadata: Mapping[str, str], data: bytes) -> Iterator[tuple[str, PartialRecipe | None]]:
    yield model_api.NAME, model_api.of_metadata(metadata)
    yield ultralytics_metadata.NAME, ultralytics_metadata.of_metadata(metadata)
    if data:
        yield tflite_description.NAME, tflite_description.of_model(data)
        entries = json.loads(archived(data, "metadata.json") or "{}")
        if isinstance(entries, dict):
            yield ultralytics_metadata.NAME, ultralytics_metadata.of_metadata(entries)


def _labels_alone(metadata: Mapping[str, str], data: bytes) -> Iterator[tuple[str, PartialRecipe | None]]:
    found = metadata_labels.of_metadata(metadata)
    if found is not None:
        yield f"metadata ({found[0]})", found[1]
    for name in _LABELS_BEHIND:
        text = archived(data, name)
        if text is not None:
            yield f"{name} behind the model", metadata_labels.of_text(text)


def _beside(model: Path) -> Iterator[tuple[str, PartialRecipe | None]]:
    folders = (model.parent, model.absolute().parent.parent)
    for file, dialect, read in DIALECTS:
        path = next((folder / file for folder in folders if (folder / file).is_file()), None)
        if path is not None:
            yield f"{dialect} ({file})", _of_neighbour(path, read)
    with _refused(model.parent / teachable_machine.LABELS):
        labels = teachable_machine.of_labels_beside(model)
    yield f"{teachable_machine.NAME} ({teachable_machine.LABELS})", labels


def _of_neighbour(path: Path, read: Reader) -> PartialRecipe | None:
    try:
        data = read_object(path, str(path))
    except InputError:
        if path.name in _GENERIC:
            return None
        raise
    with _refused(path):
        return read(data)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Makes an error of the caller's input of a wrong value in a file."""
    try:
        yield
    except ValueError as error:
        raise InputError(f"{path}: {error}") from error


def _merged(recipes: Iterable[PartialRecipe]) -> PartialRecipe:
    """Each field, or group of fields, from the first that states it."""
    values: dict[str, Any] = {}
    for recipe in recipes:
        taken = frozenset[str]().union(*(group for group in _GROUPS if group & values.keys()))
        stated = recipe.stated()
        values.update({name: stated[name] for name in stated.keys() - taken - values.keys()})
    return PartialRecipe(**values)


def _fitted(recipe: PartialRecipe, model: ForeignModel) -> PartialRecipe:
    """Without what the model's own input contradicts: other sides, and scaling of an input of whole numbers.

    A model that was exported with other sides than its description has is resized to by a rule that nobody
    has stated; one whose input is uint8 scales the pixels itself.
    """
    changes: dict[str, Any] = {}
    shape = model.inputs[0].shape if model.inputs else ()
    if recipe.size is not None and not _has_sides(shape, recipe.size):
        changes["size"] = None
        if recipe.resize_to is not None:
            changes.update(resize=None, resize_to=None)
    if model.inputs and model.inputs[0].dtype == "uint8" and recipe.scale is not None:
        changes.update(_AS_THEY_ARE)
    return replace(recipe, **changes)


def _has_sides(shape: Sequence[int | None], size: tuple[int, int]) -> bool:
    """Whether an input can be of this height and width, in one layout or the other."""
    pairs = (shape[1:3], shape[2:4])
    return len(shape) != 4 or any(
        all(own in (None, side) for own, side in zip(pair, size, strict=True)) for pair in pairs
    )


def _tflite(model: ForeignModel) -> bytes:
    """The bytes of a TFLite file; none where the model is of another format."""
    if model.format is not ModelFormat.TFLITE or not model.path.is_file():
        return b""
    with model.path.open("rb") as file:
        data = file.read(MAX_BYTES)
    return data if sniff(data) is ModelFormat.TFLITE else b""
