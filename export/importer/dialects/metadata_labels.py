"""Labels in a model's own metadata, under the keys that programs without a standard use."""

from collections.abc import Mapping

from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import parse_labels

KEYS = ("labels", "classes", "class_names", "names", "character")


def of_metadata(metadata: Mapping[str, str]) -> tuple[str, PartialRecipe] | None:
    """The key, and its labels; None where there is none.

    Args:
        metadata: texts by key; see `label_file.parse_labels` for their forms.

    Raises:
        ValueError: the text holds no labels.
    """
    key = next((key for key in KEYS if metadata.get(key, "").strip()), None)
    if key is None:
        return None
    try:
        return key, PartialRecipe(labels=parse_labels(metadata[key]))
    except ValueError as error:
        raise ValueError(f"metadata {key!r}: {error}") from error
