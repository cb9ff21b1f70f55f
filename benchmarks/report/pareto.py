"""Accuracy against what it costs, and which subjects nobody beats in both."""

from collections.abc import Sequence
from dataclasses import dataclass

from edgebreed.benchmarks.report.svg import Scale, axis_below, axis_left, colour, drawing, path, text, tip

WIDTH, HEIGHT = 470.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 18.0, 40.0, 48.0


@dataclass(frozen=True)
class Point:
    """A subject: what it costs and how often it is right.

    Attributes:
        name: the subject.
        cost: in ms or MB.
        top1: share of photos answered rightly.
        number: its place among the subjects, for its colour and sign.
    """

    name: str
    cost: float
    top1: float
    number: int


def front(points: Sequence[Point]) -> list[Point]:
    """The points that no other beats in cost and accuracy together, by cost."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda one: (one.cost, -one.top1)):
        if not kept or point.top1 > kept[-1].top1:
            kept.append(point)
    return kept


def pareto(points: Sequence[Point], axis: str) -> str:
    """The points on a plane, and the front as a step line."""
    across, up = _scales(points)
    level = HEIGHT - BOTTOM
    steps: list[tuple[float, float]] = []
    for point in front(points):
        steps += [(across(point.cost), level), (across(point.cost), up(point.top1 * 100))]
        level = steps[-1][1]
    steps.append((WIDTH - RIGHT, level))
    parts = [
        axis_below(across, TOP, HEIGHT - BOTTOM, axis),
        axis_left(up, LEFT, WIDTH - RIGHT, "top-1, %"),
        path(steps, 'class="front"'),
    ]
    parts += [_dot(point, across, up) for point in points]
    return drawing(WIDTH, HEIGHT, parts, f"Top-1 against {axis}")


def _scales(points: Sequence[Point]) -> tuple[Scale, Scale]:
    costs, scores = [point.cost for point in points], [point.top1 * 100 for point in points]
    room = max(0.5, 0.25 * (max(scores) - min(scores)))
    low, high = min(scores) - room, min(100.0, max(scores) + room)
    return (
        Scale(0.0, max(costs) * 1.12, LEFT, WIDTH - RIGHT),
        Scale(low, high, HEIGHT - BOTTOM, TOP),
    )


def _dot(point: Point, across: Scale, up: Scale) -> str:
    x, y = across(point.cost), up(point.top1 * 100)
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{colour(point.number)}" class="dot"/>'
    sign = text(x, y + 4, str(point.number + 1), "indot", "middle")
    return tip(circle + sign, f"{point.name}: {point.cost:.1f}, top-1 {point.top1:.2%}")
