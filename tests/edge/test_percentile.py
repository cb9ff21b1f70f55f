"""Percentiles by nearest rank."""

import pytest

from edgebreed.edge.percentile import percentile, summary


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (1, 1), (50, 50), (90, 90), (99, 99), (100, 100)])
def test_a_percentile_is_a_measured_value(percent: int, value: int) -> None:
    """Of 1 to 100, the p-th is p."""
    assert value == percentile(list(range(100, 0, -1)), percent)


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 101), ([1.0], -1)])
def test_no_values_and_wild_percents_are_refused(values: list[float], percent: int) -> None:
    """The message holds both."""
    with pytest.raises(ValueError, match=f"percentile {percent} of {len(values)} values"):
        percentile(values, percent)


def test_a_summary_of_nothing_is_nothing() -> None:
    """And of one value is that value."""
    assert summary([]) is None
    assert {"p50": 2.0, "mean": 2.0, "max": 2.0} == summary([2.0], (50,))
