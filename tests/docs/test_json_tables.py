"""Tables of JSON objects."""

import pytest
from json_tables import JsonObject, key_table, markdown_table, nested_records

from edgebreed import Prediction, Result
from edgebreed.edge.task import Task, Words


def test_a_key_has_its_type_and_meaning() -> None:
    """Of a field, of a property, and of a key that is neither."""
    shape = JsonObject((Result,), ("label", "top", "extra"), {"extra": ("integer", "one | two")})
    lines = key_table(shape).splitlines()
    assert "| key | type | meaning |" == lines[0]
    assert "| `label` | text or null | The most probable class; None where the kind is unknown. |" == lines[2]
    assert lines[3].startswith("| `top` | list of [Prediction](#prediction) | up to five classes")
    assert "| `extra` | integer | one \\| two |" == lines[4]


def test_a_key_that_nothing_explains_is_refused() -> None:
    """So that no output grows a key that the page does not have."""
    with pytest.raises(KeyError, match=r"surprise: no field .* say in schema_page\.py what it is"):
        key_table(JsonObject((Result,), ("surprise",)))


def test_records_in_records_are_found() -> None:
    """To be explained below the object."""
    assert [Words] == list(nested_records(JsonObject.of_record(Task)))
    assert [Prediction] == list(nested_records(JsonObject((Result,), ("top", "label"))))


def test_a_table_has_a_line_a_row() -> None:
    """And one below its header."""
    assert "| a | b |\n| --- | --- |\n| 1 | 2 |\n" == markdown_table(("a", "b"), [("1", "2")])
