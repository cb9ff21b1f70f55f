"""Where the latencies lie: a hill for each subject, its percentiles, and every sample below it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.report.svg import Scale, axis_below, colour, drawing, line, path, text, tip
from edgebreed.edge.percentile import percentile

WIDTH, LEFT, RIGHT, ROW = 960.0, 16.0, 24.0, 116.0
HILL, RUG = 62.0, 14.0  # px
SEEN = 99.0  # the percentile up to which the axis reaches; what lies beyond is counted
POINTS = 240


def distribution(names: Sequence[str], latencies_ms: Sequence[Sequence[float]]) -> str:
    """Hills of all subjects on one axis, in ms."""
    low = min(min(values) for values in latencies_ms)
    high = max(percentile(values, SEEN) for values in latencies_ms)
    margin = 0.06 * (high - low) or 0.1 * high
    scale = Scale(max(0.0, low - margin), high + margin, LEFT, WIDTH - RIGHT)
    height = ROW * len(names) + 48
    parts = [axis_below(scale, 8, height - 44, "latency, ms")]
    for number, (name, values) in enumerate(zip(names, latencies_ms, strict=True)):
        parts.append(_row(ROW * number + 8, name, values, scale, colour(number)))
    return drawing(WIDTH, height, parts, "Distribution of the latencies of each subject")


def _row(top: float, name: str, values: Sequence[float], scale: Scale, fill: str) -> str:
    ground = top + 30 + HILL
    beyond = sum(value > scale.high for value in values)
    label = f"{name}  ·  {len(values)} samples"
    if beyond:
        label += f"  ·  {beyond} beyond the axis, the slowest {max(values):.1f} ms"
    parts = [text(LEFT, top + 12, label, "label"), _hill(values, scale, ground, fill)]
    parts += [
        path([(scale(value), ground + 3), (scale(value), ground + RUG)], f'stroke="{fill}" class="rug"')
        for value in values
        if value <= scale.high
    ]
    parts += [_mark(values, percent, scale, ground) for percent in (50, 90, 99)]
    return "".join(parts)


def _hill(values: Sequence[float], scale: Scale, ground: float, fill: str) -> str:
    places = np.linspace(scale.low, scale.high, POINTS)
    heights = density(np.asarray(values, np.float64), places)
    tops = ground - HILL * heights / heights.max()
    points = [(scale(place), top) for place, top in zip(places, tops, strict=True)]
    closed = [(scale(places[0]), ground), *points, (scale(places[-1]), ground)]
    return path(closed, f'fill="{fill}" class="hill"', closed=True) + path(
        points, f'stroke="{fill}" class="ridge"'
    )


def _mark(values: Sequence[float], percent: int, scale: Scale, ground: float) -> str:
    value = percentile(values, percent)
    place = scale(min(value, scale.high))
    words = f"p{percent} {value:.2f} ms"
    mark = line((place, ground - HILL), (place, ground + RUG), "mark")
    label = text(place + 4, ground - HILL + 4 + 13 * (percent != 50), f"p{percent}", "tick")
    return tip(mark + label, words)


def density(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Gaussian kernel's estimate, as wide as Silverman's rule says (1986).

    Args:
        values: `(N,)` samples.
        places: `(M,)` where to estimate.

    Returns:
        `(M,)`, above 0 somewhere.
    """
    quarters = np.percentile(values, (25, 75))
    spread = min(float(values.std()), float(quarters[1] - quarters[0]) / 1.34) or float(values.std())
    step = float(places[1] - places[0])
    width = max(0.9 * spread * len(values) ** -0.2, 1.5 * step)
    distances = (places[:, None] - values[None]) / width
    return np.asarray(np.exp(-0.5 * distances**2).sum(axis=1) / (len(values) * width * np.sqrt(2 * np.pi)))
