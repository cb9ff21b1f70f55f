"""Fields of a stranger's description of a model."""

import math
from typing import Any

import pytest

from edgebreed.edge.json_fields import JsonFields
from edgebreed.export.importer.dialects.stated_fields import chosen, deviations, factor, means, side, size


def fields(value: Any) -> JsonFields:
    """An object with the field `x`."""
    return JsonFields({"x": value}, "config")


@pytest.mark.parametrize(
    ("value", "expected"), [(224, (224, 224)), ([224, 192], (224, 192)), ({"height": 8, "width": 9}, (8, 9))]
)
def test_a_size_is_one_number_two_or_an_object(value: Any, expected: tuple[int, int]) -> None:
    """Height first."""
    assert expected == size(fields(value), "x")


@pytest.mark.parametrize("value", [0, 4097, 224.5, "224", True, [224], [1, 2, 3], {"height": 8}, None])
def test_other_sizes_are_refused(value: Any) -> None:
    """By the name of the field."""
    with pytest.raises(ValueError, match=r"config\.x"):
        size(fields(value), "x")


def test_numbers_for_all_channels_and_for_each() -> None:
    """Both as a tuple."""
    assert ((0.5,), (0.5, 0.25, 1.0)) == (means(fields(0.5), "x"), deviations(fields([0.5, 0.25, 1]), "x"))


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", [1.0, 0.0], [], [1] * 5, None, True])
def test_deviations_are_above_zero(value: Any) -> None:
    """And finite numbers, of four channels at most."""
    with pytest.raises(ValueError, match="x"):
        deviations(fields(value), "x")


@pytest.mark.parametrize("take", [factor, side])
@pytest.mark.parametrize("value", [0, -3, "1", None, 1e300])
def test_factors_and_sides_are_above_zero(take: Any, value: Any) -> None:
    """And bounded."""
    with pytest.raises(ValueError, match=r"config\.x"):
        take(fields(value), "x")


def test_a_word_stands_for_what_the_dialect_means() -> None:
    """Another word is refused with those that are known."""
    assert 2 == chosen(fields("b"), "x", {"a": 1, "b": 2})
    with pytest.raises(ValueError, match="x is 'c': a, b are known"):
        chosen(fields("c"), "x", {"a": 1, "b": 2})
