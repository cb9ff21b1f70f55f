"""The charts of the HTML report: latency distribution, stages, drift over time, and accuracy against cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.stats.samples import LatencyStatistics, SampleColumns, medians_by
from edgebreed.edge.accuracy import percent
from edgebreed.edge.percentile import percentile
from edgebreed.edge.text import printable
from edgebreed.svg import (
    Scale,
    line,
    path,
    series_colour,
    svg_document,
    text,
    tooltip,
    x_axis,
    y_axis,
)

WIDTH = 960.0  # px, as are all sizes below
NAME_LENGTH = 56  # characters of a system's name that a chart has room for
LEFT, RIGHT = 16.0, 24.0  # margins of charts without a vertical axis
AXIS_LEFT, AXIS_TOP, AXIS_BOTTOM = 52.0, 38.0, 48.0  # margins of charts with one

DENSITY_ROW, DENSITY_HEIGHT, RUG_HEIGHT = 116.0, 62.0, 14.0
AXIS_PERCENTILE = 99.0  # where the latency axis ends; slower samples are counted in the label
DENSITY_POINTS = 240

STAGE_ROW, STAGE_HEIGHT, LEGEND_HEIGHT = 62.0, 24.0, 24.0
STAGE_LABEL_WIDTH = 64.0
STAGES = {"wait", "decode", "detect", "resize", "host-to-device", "inference", "device-to-host", "decision"}
"""Stages that the page has a colour for."""

DRIFT_HEIGHT = 240.0
DRIFT_BLOCKS = 40
DRIFT_RANGE = 0.9, 1.1  # the axis shows at least this range, so that a steady run looks steady

PARETO_WIDTH, PARETO_HEIGHT, PARETO_RIGHT = 470.0, 330.0, 18.0


def distribution_chart(names: Sequence[str], latencies_ms: Sequence[Sequence[float]]) -> str:
    """For each system: the density of its latencies, its percentiles, and a stroke for every sample."""
    low = min(min(values) for values in latencies_ms)
    high = max(percentile(values, AXIS_PERCENTILE) for values in latencies_ms)
    margin = 0.06 * (high - low) or 0.1 * high
    scale = Scale(max(0.0, low - margin), high + margin, LEFT, WIDTH - RIGHT)
    height = DENSITY_ROW * len(names) + 48
    parts = [x_axis(scale, 8, height - 44, "latency, ms")]
    for number, (name, values) in enumerate(zip(names, latencies_ms, strict=True)):
        parts.append(_distribution_row(DENSITY_ROW * number + 8, name, values, scale, series_colour(number)))
    return svg_document(WIDTH, height, parts, "Distribution of the latencies of each system")


def _distribution_row(top: float, name: str, values: Sequence[float], scale: Scale, fill: str) -> str:
    ground = top + 30 + DENSITY_HEIGHT
    beyond = sum(value > scale.high for value in values)
    label = f"  ·  {len(values):,} samples"
    if beyond:
        label += f"  ·  {beyond:,} beyond the axis, the slowest {max(values):.1f} ms"
    parts = [_system_label(top + 12, name, label), _density_curve(values, scale, ground, fill)]
    parts += [
        path(
            [(scale(value), ground + 3), (scale(value), ground + RUG_HEIGHT)],
            f'style="stroke:{fill}" class="rug"',
        )
        for value in values
        if value <= scale.high
    ]
    parts += [_percentile_mark(values, percent, scale, ground) for percent in (50, 90, 99)]
    return "".join(parts)


def _density_curve(values: Sequence[float], scale: Scale, ground: float, fill: str) -> str:
    places = np.linspace(scale.low, scale.high, DENSITY_POINTS)
    heights = density(np.asarray(values, np.float64), places)
    tops = ground - DENSITY_HEIGHT * heights / heights.max()
    points = [(scale(place), top) for place, top in zip(places, tops, strict=True)]
    closed = [(scale(places[0]), ground), *points, (scale(places[-1]), ground)]
    return path(closed, f'style="fill:{fill}" class="density"', closed=True) + path(
        points, f'style="stroke:{fill}" class="outline"'
    )


def _percentile_mark(values: Sequence[float], percent: int, scale: Scale, ground: float) -> str:
    value = percentile(values, percent)
    place = scale(min(value, scale.high))
    mark = line((place, ground - DENSITY_HEIGHT), (place, ground + RUG_HEIGHT), "mark")
    label = text(place + 4, ground - DENSITY_HEIGHT + 4 + 13 * (percent != 50), f"p{percent}", "tick")
    return tooltip(mark + label, f"p{percent} {value:.2f} ms")


def density(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Gaussian kernel density estimate with the bandwidth of Silverman's rule (1986).

    Args:
        values: `(N,)` samples.
        places: `(M,)` where to estimate.

    Returns:
        `(M,)`, above 0 somewhere.
    """
    quartiles = np.percentile(values, (25, 75))
    scale = min(float(values.std()), float(quartiles[1] - quartiles[0]) / 1.34) or float(values.std())
    step = float(places[1] - places[0])
    bandwidth = max(0.9 * scale * len(values) ** -0.2, 1.5 * step)
    distances = (places[:, None] - values[None]) / bandwidth
    return np.asarray(
        np.exp(-0.5 * distances**2).sum(axis=1) / (len(values) * bandwidth * np.sqrt(2 * np.pi))
    )


def _system_label(y: float, name: str, note: str = "") -> str:
    return tooltip(text(LEFT, y, shortened(printable(name)) + note, "label"), name)


def shortened(name: str) -> str:
    """A name without its middle where it is too long for a chart: the engine stands at the end."""
    half = NAME_LENGTH // 2
    return name if len(name) <= NAME_LENGTH else f"{name[: half - 1]}…{name[-half:]}"


def stage_chart(names: Sequence[str], stages: Sequence[dict[str, LatencyStatistics]]) -> str:
    """A bar for each system, divided into the medians of its stages in the order in which they run."""
    longest = max(sum(stage.p50 for stage in one.values()) for one in stages)
    scale = Scale(0.0, longest * 1.02, LEFT, WIDTH - RIGHT)
    height = LEGEND_HEIGHT + STAGE_ROW * len(names) + 46
    parts = [
        _stage_legend(stages),
        x_axis(scale, LEGEND_HEIGHT, height - 44, "median of each stage, ms"),
    ]
    for number, (name, one) in enumerate(zip(names, stages, strict=True)):
        parts.append(_stage_bar(LEGEND_HEIGHT + STAGE_ROW * number + 8, name, one, scale))
    return svg_document(WIDTH, height, parts, "Stages of each system")


def stage_colour(name: str) -> str:
    """The colour of a stage, as a variable of the page's theme."""
    return f"var(--stage-{name if name in STAGES else 'other'})"


def _stage_legend(stages: Sequence[dict[str, LatencyStatistics]]) -> str:
    parts, x = [], LEFT
    for name in dict.fromkeys(name for one in stages for name in one):
        fill = stage_colour(name)
        parts.append(f'<rect x="{x:.1f}" y="3" width="12" height="12" style="fill:{fill}"/>')
        parts.append(text(x + 18, 13, name, "tick"))
        x += 40 + 7.0 * len(name)
    return "".join(parts)


def _stage_bar(top: float, system: str, stages: dict[str, LatencyStatistics], scale: Scale) -> str:
    parts, done = [_system_label(top + 12, system)], 0.0
    for name, stage in stages.items():
        start, end = scale(done), scale(done + stage.p50)
        done += stage.p50
        shape = (
            f'<rect x="{start:.1f}" y="{top + 20:.1f}" width="{max(0.5, end - start):.1f}" '
            f'height="{STAGE_HEIGHT}" style="fill:{stage_colour(name)}"/>'
        )
        if end - start > STAGE_LABEL_WIDTH:
            shape += text((start + end) / 2, top + 20 + STAGE_HEIGHT * 0.68, name, "inbar", "middle")
        parts.append(tooltip(shape, f"{name}: p50 {stage.p50:.2f}, p90 {stage.p90:.2f} ms"))
    return "".join(parts)


def drift_chart(records: Sequence[SampleColumns]) -> str:
    """A line for each system: medians of blocks of time, each divided by the system's own median."""
    lines = [_block_medians(record) for record in records]
    levels = [level for points in lines for _, level in points]
    last = max(at for points in lines for at, _ in points) or 1.0
    across = Scale(0.0, last, AXIS_LEFT, WIDTH - RIGHT)
    low, high = min(DRIFT_RANGE[0], *levels), max(DRIFT_RANGE[1], *levels)
    up = Scale(low, high, DRIFT_HEIGHT - AXIS_BOTTOM, AXIS_TOP)
    parts = [
        x_axis(across, AXIS_TOP, DRIFT_HEIGHT - AXIS_BOTTOM, "time in the run, s"),
        y_axis(up, AXIS_LEFT, WIDTH - RIGHT, "latency by its median"),
    ]
    for number, points in enumerate(lines):
        pixels = [(across(at), up(level)) for at, level in points]
        parts.append(path(pixels, f'style="stroke:{series_colour(number)}" class="series"'))
    return svg_document(WIDTH, DRIFT_HEIGHT, parts, "Latency in the course of the run")


def _block_medians(record: SampleColumns) -> list[tuple[float, float]]:
    """Start in s and level of each block; each image is divided by its own median."""
    medians = medians_by(record.query, record.total_ms)
    ratios = [ms / medians[query] for ms, query in zip(record.total_ms, record.query, strict=True)]
    size = max(1, len(ratios) // DRIFT_BLOCKS)
    starts = range(0, len(ratios) - size + 1, size)
    return [(record.at_s[start], median(ratios[start : start + size])) for start in starts]


@dataclass(frozen=True)
class ParetoPoint:
    """A system's accuracy and cost.

    Attributes:
        name: the system.
        cost: in ms or MB.
        top1: accuracy, a share.
        number: of the system, for its colour and label.
    """

    name: str
    cost: float
    top1: float
    number: int


def pareto_front(points: Sequence[ParetoPoint]) -> list[ParetoPoint]:
    """The points that no other beats in both cost and accuracy, by rising cost."""
    kept: list[ParetoPoint] = []
    for point in sorted(points, key=lambda one: (one.cost, -one.top1)):
        if not kept or point.top1 > kept[-1].top1:
            kept.append(point)
    return kept


def pareto_chart(points: Sequence[ParetoPoint], cost: str) -> str:
    """A scatter plot of accuracy against a cost, with the Pareto front as a step line."""
    across, up = _pareto_scales(points)
    level = PARETO_HEIGHT - AXIS_BOTTOM
    steps: list[tuple[float, float]] = []
    for point in pareto_front(points):
        steps += [(across(point.cost), level), (across(point.cost), up(point.top1 * 100))]
        level = steps[-1][1]
    steps.append((PARETO_WIDTH - PARETO_RIGHT, level))
    parts = [
        x_axis(across, AXIS_TOP, PARETO_HEIGHT - AXIS_BOTTOM, cost),
        y_axis(up, AXIS_LEFT, PARETO_WIDTH - PARETO_RIGHT, "top-1, %"),
        path(steps, 'class="front"'),
    ]
    parts += [_pareto_dot(point, across, up) for point in points]
    return svg_document(PARETO_WIDTH, PARETO_HEIGHT, parts, f"Top-1 against {cost}")


def _pareto_scales(points: Sequence[ParetoPoint]) -> tuple[Scale, Scale]:
    costs, scores = [point.cost for point in points], [point.top1 * 100 for point in points]
    room = max(0.5, 0.25 * (max(scores) - min(scores)))
    low, high = min(scores) - room, min(100.0, max(scores) + room)
    return (
        Scale(0.0, max(costs) * 1.12, AXIS_LEFT, PARETO_WIDTH - PARETO_RIGHT),
        Scale(low, high, PARETO_HEIGHT - AXIS_BOTTOM, AXIS_TOP),
    )


def _pareto_dot(point: ParetoPoint, across: Scale, up: Scale) -> str:
    x, y = across(point.cost), up(point.top1 * 100)
    circle = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" style="fill:{series_colour(point.number)}" class="dot"/>'
    )
    label = text(x, y + 4, str(point.number + 1), "indot", "middle")
    return tooltip(circle + label, f"{point.name}: {point.cost:.1f}, top-1 {percent(point.top1)}")
