"""Accuracy against cost."""

from edgebreed.benchmarks.report.pareto import Point, front, pareto

POINTS = (
    Point("slow and right", 100.0, 0.98, 0),
    Point("fast", 40.0, 0.97, 1),
    Point("beaten", 60.0, 0.96, 2),
    Point("as right as fast, slower", 50.0, 0.97, 3),
)


def test_the_front_holds_what_nothing_beats() -> None:
    """By cost."""
    assert ["fast", "slow and right"] == [point.name for point in front(POINTS)]


def test_every_point_is_drawn() -> None:
    """With its number, its name under the pointer, and one line of the front."""
    drawn = pareto(POINTS, "p50 latency, ms")
    assert 4 == drawn.count("<circle")
    assert 1 == drawn.count('class="front"')
    assert "beaten: 60.0, top-1 96.00%" in drawn


def test_equal_accuracies_are_drawn_too() -> None:
    """A scale needs a height."""
    assert 2 == pareto([Point("a", 1.0, 1.0, 0), Point("b", 2.0, 1.0, 1)], "MB").count("<circle")
