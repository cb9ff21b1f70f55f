"""Accuracy in the form that it is printed in."""

import pytest
from scipy.stats import binomtest

from edgebreed.edge.accuracy import describe_share, interval_of, percent, wilson_interval


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [
        # Newcombe 1998, table I, method 3
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
        (29, 29, (0.8830, 1.0000)),
    ],
)
def test_the_interval_agrees_with_the_published_table(
    hits: int, n: int, expected: tuple[float, float]
) -> None:
    """To its four digits, also near 0 and 1."""
    assert expected == pytest.approx(wilson_interval(hits, n), abs=5e-5)


def test_without_images_the_interval_is_the_whole_range() -> None:
    """Nothing was measured."""
    assert (0.0, 1.0) == wilson_interval(0, 0)


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (1, 1), (4, 12), (30, 30), (479, 480), (3000, 4000)])
def test_the_interval_is_scipys(hits: int, n: int) -> None:
    """Which devices do not have; its ends at nothing and at all are exact."""
    expected = binomtest(hits, n).proportion_ci(method="wilson")
    assert (expected.low, expected.high) == pytest.approx(wilson_interval(hits, n), abs=1e-12)
    assert wilson_interval(hits, n) == interval_of(hits / n, n)
    assert (0.0, 1.0) == (wilson_interval(0, n)[0], wilson_interval(n, n)[1])


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0%"),
        (0.0001, "<0.1%"),
        (11 / 12, "91.7%"),
        (0.9994, "99.9%"),
        (0.9996, ">99.9%"),
        (1, "100.0%"),
    ],
)
def test_only_all_reads_as_all(share: float, text: str) -> None:
    """One mistake in 3,000 is not 100 %, and one hit is not nothing."""
    assert text == percent(share)


def test_a_share_is_printed_with_its_interval() -> None:
    """And with the number of images that it was measured on."""
    assert "91.7% of 12 (64.6% to 98.5% with 95% confidence)" == describe_share(11 / 12, 12)
