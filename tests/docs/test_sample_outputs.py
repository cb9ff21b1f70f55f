"""Outputs that serve as examples."""

from sample_outputs import shorten


def test_long_texts_and_lists_are_shortened() -> None:
    """And stay JSON; dots stand for the rest."""
    value = {"list": list(range(9)), "text": "a" * 100, "short": [1, "b"], "number": 1 / 3}
    assert {
        "list": [0, 1, 2, "..."],
        "text": "a" * 36 + "...",
        "short": [1, "b"],
        "number": 0.3333,
    } == shorten(value)
