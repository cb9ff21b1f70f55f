"""Labels where no standard says that there are some: under common keys of a model's metadata.

What stands there may be of another meaning, so a text that is no list of labels is passed over.
"""

from collections.abc import Mapping

from edgebreed.export.importer.import_recipe import PartialRecipe
from edgebreed.export.importer.label_file import parse_labels

KEYS = ("labels", "classes", "class_names", "names", "character")


def of_metadata(metadata: Mapping[str, str]) -> tuple[str, PartialRecipe] | None:
    """The first key with labels, and these; None where there is none.

    Args:
        metadata: texts by key; see `label_file.parse_labels` for their forms.
    """
    for key in KEYS:
        recipe = of_text(metadata.get(key, ""))
        if recipe is not None:
            return key, recipe
    return None


def of_text(text: str) -> PartialRecipe | None:
    """The labels of a text; None where it is no list of labels."""
    try:
        return PartialRecipe(labels=parse_labels(text))
    except ValueError:
        return None
