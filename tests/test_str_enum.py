"""Enumerations of texts, which Python 3.10 has not."""

import copy
import json
import pickle
from string import Template

import pytest

from edgebreed.str_enum import StrEnum


class Colour(StrEnum):
    """Two colours."""

    RED = "red"
    LIGHT_BLUE = "light-blue"


def test_a_member_is_its_text() -> None:
    """However it is written: `str`, an f-string with a width, JSON, a join, and as a key."""
    red = Colour.RED
    assert ("red", "red", "red  ", "red") == (
        str(red),
        f"{red}",
        f"{red:5}",
        Template("$a").substitute(a=red),
    )
    assert "red, light-blue" == ", ".join(Colour)
    assert '{"red": "light-blue"}' == json.dumps({red: Colour.LIGHT_BLUE})
    assert {"red": 1}[red] == 1


def test_a_member_is_found_by_its_text() -> None:
    """And stays the same one, also from another process."""
    assert Colour.LIGHT_BLUE is Colour("light-blue") is copy.deepcopy(Colour.LIGHT_BLUE)
    assert Colour.RED is pickle.loads(pickle.dumps(Colour.RED))
    with pytest.raises(ValueError, match="'green' is not a valid Colour"):
        Colour("green")
