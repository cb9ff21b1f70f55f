"""How steady each subject was while it was measured."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from edgebreed.benchmarks.report.svg import Scale, axis_below, axis_left, colour, drawing, path
from edgebreed.benchmarks.stats.samples import medians_by

WIDTH, HEIGHT = 960.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 24.0, 36.0, 48.0
BLOCKS = 40
LEAST = 0.9, 1.1  # the axis shows at least so much, so that a steady run looks steady


def drift(records: Sequence[dict[str, Any]]) -> str:
    """Medians of blocks of time, each as a multiple of its subject's own median."""
    lines = [_blocks(record) for record in records]
    levels = [level for line in lines for _, level in line]
    across = Scale(0.0, max(at for line in lines for at, _ in line) or 1.0, LEFT, WIDTH - RIGHT)
    low, high = min(LEAST[0], *levels), max(LEAST[1], *levels)
    up = Scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = [
        axis_below(across, TOP, HEIGHT - BOTTOM, "time in the run, s"),
        axis_left(up, LEFT, WIDTH - RIGHT, "latency by its median"),
    ]
    for number, line in enumerate(lines):
        points = [(across(at), up(level)) for at, level in line]
        parts.append(path(points, f'stroke="{colour(number)}" class="series"'))
    return drawing(WIDTH, HEIGHT, parts, "Latency in the course of the run")


def _blocks(record: dict[str, Any]) -> list[tuple[float, float]]:
    """Time in s and level of each block; photos of different sizes are held against themselves."""
    queries, totals, times = record["query"], record["total_ms"], record["at_s"]
    usual = medians_by(queries, totals)
    ratios = [ms / usual[query] for ms, query in zip(totals, queries, strict=True)]
    size = max(1, len(ratios) // BLOCKS)
    starts = range(0, len(ratios) - size + 1, size)
    return [(times[start], median(ratios[start : start + size])) for start in starts]
