"""Ways that are timed in turns."""

import pytest

from edgebreed.benchmarks.studies.paired_timing import Spread, ratio, time_in_rounds


def test_each_way_has_its_turn_in_each_round() -> None:
    """One round more than are counted, and never two turns of a way in one round."""
    calls: list[str] = []
    ways = {name: lambda name=name: calls.append(name) for name in "abc"}
    times = time_in_rounds(ways, rounds=3, turn=2)
    assert {"a": 3, "b": 3, "c": 3} == {name: len(found) for name, found in times.items()}
    turns = calls[::2]
    assert calls[1::2] == turns
    assert [["a", "b", "c"]] * 4 == [sorted(turns[start : start + 3]) for start in range(0, 12, 3)]


def test_ratios_are_of_rounds() -> None:
    """A machine that becomes ten times slower does not change them."""
    times = {"one": [2.0, 20.0, 3.0], "two": [1.0, 10.0, 1.0]}
    assert Spread(2.0, 2.0, 2.5) == ratio(times, "one", "two")


def test_a_spread_is_printed_with_its_middle_half() -> None:
    """Three digits each."""
    found = Spread.of([1.0, 2.0, 3.0, 4.0, 1000.0])
    assert (3.0, 2.0, 4.0) == pytest.approx((found.p50, found.p25, found.p75))
    assert "0.712 (0.7 to 0.731)" == str(Spread(0.7123, 0.7, 0.7312))
