"""Types in words of JSON."""

from typing import Any

import pytest
from json_types import records_in, type_words

from edgebreed import Kind, Prediction


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (str | None, "text or null"),
        (tuple[int, int], "list of 2 integers"),
        (tuple[tuple[int, int], ...] | None, "list of list of 2 integers or null"),
        (dict[str, float], "object of numbers"),
        (dict[str, Any], "object of anything"),
        (tuple[Prediction, ...], "list of [Prediction](#prediction)"),
        (Kind, "text: `known`, `person`, `unknown`"),
    ],
)
def test_types_are_told_in_words_of_json(annotation: object, words: str) -> None:
    """As a reader of the file meets them."""
    assert words == type_words(annotation)


def test_a_type_without_words_is_refused() -> None:
    """With the place where to give it some."""
    with pytest.raises(TypeError, match=r"complex.*: give it words in json_types\.py"):
        type_words(complex)


def test_records_inside_a_type_are_found() -> None:
    """Whatever they are packed in."""
    assert [Prediction] == records_in(tuple[Prediction, ...] | None)
    assert [] == records_in(dict[str, float])
