"""Tables of nested figures."""

import pytest
from figure_tables import figure_tables, format_value, keys_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0230107, "0.02301"),
        (314, "314"),
        ("test", "test"),
        (None, ""),
        ([1.0, 2.5], "1, 2.5"),
        (True, "True"),
    ],
)
def test_figures_have_four_digits(value: object, text: str) -> None:
    """Counts and texts stay as they are."""
    assert text == format_value(value)


def test_plain_figures_stand_in_one_table() -> None:
    """Before the others."""
    first, second = figure_tables({"a": {"x": {"n": 1}}, "b": 2})
    assert "| `b` | 2 |" in first
    assert "| `a` | `n` |" in second
    assert "| x | 1 |" in second


def test_alike_objects_become_the_rows_of_a_table() -> None:
    """With the number of each in a list, and inner keys as columns."""
    figures = {"way": {"one": [{"n": 1}, {"n": 2}], "two": [{"n": 3, "of": {"a": 4}}]}}
    (table,) = figure_tables(figures)
    assert "| `way` | `n` | `of a` |" in table
    assert "| one 1 | 2 |  |" in table
    assert "| two 0 | 3 | 4 |" in table
    assert ["way", "one", "n", "two", "of", "a"] == keys_of(figures)
