"""Fields of JSON that a stranger may have written."""

import sys

import pytest

from edgebreed.edge.json_fields import OF_FOLDERS, JsonFields, control_characters
from edgebreed.str_enum import StrEnum


class Shade(StrEnum):
    """Two texts."""

    LIGHT = "light"
    DARK = "dark"


def test_each_field_is_taken_by_its_type() -> None:
    """And nothing is left over."""
    data = {"a": "text", "b": 3, "c": 0.5, "d": True, "e": "dark", "f": {"g": [1, 2]}, "h": None, "i": "aGk="}
    fields = JsonFields(data, "top")
    assert ("text", 3, 0.5) == (fields.text("a"), fields.whole("b", 0, 3), fields.share("c"))
    assert (True, Shade.DARK) == (fields.flag("d", default=False), fields.choice("e", Shade))
    assert ([1, 2], None) == (fields.part("f").wholes("g", 2, 0, 9), fields.optional("h", fields.text))
    assert b"hi" == fields.base64("i", 10)
    fields.end()


def test_a_default_stands_for_a_field_that_is_not_there() -> None:
    """Where one is given; a field without one is missing."""
    fields = JsonFields({}, "top")
    assert ("x", 7, True) == (
        fields.text("a", default="x"),
        fields.whole("b", 0, 9, 7),
        fields.flag("c", default=True),
    )
    with pytest.raises(ValueError, match="^top.d is missing$"):
        fields.text("d")


def test_what_nothing_took_is_named() -> None:
    """With its path."""
    fields = JsonFields({"part": {"a": "x", "b": 1}}, "top").part("part")
    fields.text("a")
    with pytest.raises(ValueError, match="^top.part.b is no field that this edgebreed knows$"):
        fields.end()


def test_a_large_value_is_shown_shortly() -> None:
    """The line stays a line."""
    with pytest.raises(ValueError, match="^top.a is ") as raised:
        JsonFields({"a": ["x" * 10_000] * 1000}, "top").text("a")
    assert 300 > len(str(raised.value))


@pytest.mark.parametrize(
    "letter",
    [
        *("\0", "\n", "\x1b", "\x7f", "\x9b", "\u2028", "\u202e", "\u2066", "\ud800"),
        *("\u200e", "\u200f", "\u061c", "\u200b", "\ufeff", "\U000e0041"),
    ],
)
def test_control_characters_are_found(letter: str) -> None:
    """What ends a line, steers a terminal, turns the order of letters around, is unseen, or half of one."""
    assert letter == control_characters(f"a{letter}b{letter}")


def test_letters_of_all_scripts_are_none() -> None:
    """Nor are joiners, spaces and emoji."""
    assert "" == control_characters("Österreich 柴犬 Собака نعم \u200d\u00a0\U0001f1e9\U0001f1ea")
    assert "" == control_characters("a\nb", allowed="\n")


@pytest.mark.slow
def test_a_folders_name_may_hold_all_but_halves_of_letters() -> None:
    """Class names are spelled as the folders are."""
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert {chr(at) for at in range(0xD800, 0xE000)} == set(control_characters(every, OF_FOLDERS))
