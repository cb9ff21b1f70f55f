"""The score interval."""

import pytest

from edgebreed.export.interval import wilson


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
def test_it_agrees_with_the_published_table(hits: int, n: int, expected: tuple[float, float]) -> None:
    """To its four digits, at the edges too."""
    assert expected == pytest.approx(wilson(hits, n), abs=5e-5)


def test_no_photo_says_nothing() -> None:
    """The whole range."""
    assert (0.0, 1.0) == wilson(0, 0)
