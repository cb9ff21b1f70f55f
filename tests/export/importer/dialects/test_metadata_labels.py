"""Labels in a model's metadata, under the keys of several programs."""

import pytest

from edgebreed.export.importer.dialects.metadata_labels import KEYS, of_metadata, of_text
from edgebreed.export.importer.import_recipe import PartialRecipe


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_read(key: str) -> None:
    """And named."""
    assert (key, PartialRecipe(labels=("0", "90", "180", "270"))) == of_metadata({key: "0\n90\n180\n270"})


def test_metadata_without_labels_says_nothing() -> None:
    """Nor does an empty text."""
    assert of_metadata({"producer": "x", "labels": " \n"}) is None


def test_what_is_no_list_of_labels_is_passed_over() -> None:
    """As there is no standard, it may mean something else; the next key counts."""
    assert ("names", PartialRecipe(labels=("a", "b"))) == of_metadata({"classes": "a\n\nb", "names": "a\nb"})
    assert of_text("{'a': 5}") is None
