"""SVG elements that the charts are made of."""

import math
import re

import pytest

from edgebreed.page_templates import PAGES
from edgebreed.svg import SERIES_COLOURS, Scale, series_colour, svg_document, text, tooltip, x_axis


def test_a_scale_places_values() -> None:
    """Also upwards, where pixels run the other way."""
    assert 30.0 == Scale(0, 10, 10, 50)(5)
    assert 10.0 == Scale(90, 100, 200, 10)(100)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (96.2, 97.4, [96.2, 96.4, 96.6, 96.8, 97.0, 97.2, 97.4]),
        (3, 4, [3, 3.2]),
    ],
)
def test_ticks_are_round_numbers_inside(low: float, high: float, ticks: list[float]) -> None:
    """Steps of 1, 2 or 5."""
    assert ticks == pytest.approx(Scale(low, high, 0, 1).ticks()[: len(ticks)])


@pytest.mark.parametrize(("low", "high"), [(0.0, math.nan), (math.nan, 1.0), (0.0, math.inf), (2.0, 2.0)])
def test_a_scale_without_a_length_has_no_ticks(low: float, high: float) -> None:
    """A fit that diverged is drawn too."""
    assert [] == Scale(low, high, 0, 1).ticks()


def test_colours_start_again() -> None:
    """There may be more systems than colours."""
    assert series_colour(0) == series_colour(SERIES_COLOURS) != series_colour(1)


def test_the_pages_have_every_colour() -> None:
    """In a light and in a dark theme."""
    style = (PAGES / "report.html").read_text()
    for number in range(SERIES_COLOURS):
        assert 2 == style.count(f"{series_colour(number)[4:-1]}: ")


def test_text_is_escaped() -> None:
    """It comes from model files."""
    assert ">a &lt; b<" in text(0, 0, "a < b")


def test_characters_that_cannot_be_seen_are_shown_as_escapes() -> None:
    """A name must not turn the direction of the page's text, nor bring a control character into it."""
    for made in (
        text(0, 0, "a\x1b\u202eb"),
        tooltip("", "a\x1b\u202eb"),
        svg_document(1, 1, [], "a\x1b\u202eb"),
    ):
        assert "a\\x1b\\u202eb" in made
        assert "\u202e" not in made


def test_an_axis_of_whole_numbers_leaves_fractions_out() -> None:
    """There is no epoch and a half."""
    scale = Scale(1, 3, 0, 100)
    assert ">1.5<" in x_axis(scale, 0, 10, "epoch")
    assert [">1<", ">2<", ">3<"] == re.findall(r">[\d.]+<", x_axis(scale, 0, 10, "epoch", whole=True))
