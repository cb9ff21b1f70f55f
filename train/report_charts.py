"""The charts of a run's report as SVG: learning curves, and accuracy by confidence."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.accuracy import interval_of, percent
from edgebreed.svg import Scale, line, path, series_colour, svg_document, text, tooltip, x_axis, y_axis
from edgebreed.train.classification_metrics import confidence_bins, largest_confusions
from edgebreed.train.config import History
from edgebreed.train.report_data import ClassifiedImages

WIDTH, HEIGHT = 430.0, 270.0  # px, as are all sizes below
LEFT, RIGHT, TOP, BOTTOM = 46.0, 18.0, 40.0, 46.0
DOTS = 30  # epochs; more would touch each other
BINS = 10
MOST_DOTS = 3000  # pairs of confused classes
SPLITS = {"training": "", "validation": "val_"}
"""Lines of a learning curve, with the prefix that Keras gives their keys."""


def curve_chart(history: History, measure: str, prefix: str = "") -> str:
    """A learning curve with a line each for training and validation.

    Args:
        history: by epoch, as Keras names them.
        measure: `loss`, or `accuracy`, which is drawn in percent.
        prefix: of the title.
    """
    factor = 100 if measure == "accuracy" else 1
    lines = {name: _points(history.get(key + measure, ()), factor) for name, key in SPLITS.items()}
    across, up = _curve_scales(list(lines.values()), factor)
    unit = ", %" if factor == 100 else ""
    parts = [_axes(across, up, "epoch", f"{prefix}{measure}{unit}", whole=True)]
    for number, (name, points) in enumerate(lines.items()):
        parts += [_curve(points, number, across, up), _legend(number, name)]
    return svg_document(WIDTH, HEIGHT, parts, f"{prefix}{measure} by epoch")


def _points(values: Sequence[float], factor: float) -> list[tuple[int, float]]:
    """Epoch and value; a fit that diverged has values that are no numbers."""
    return [(epoch, value * factor) for epoch, value in enumerate(values, 1) if math.isfinite(value)]


def _curve_scales(lines: Sequence[Sequence[tuple[int, float]]], factor: float) -> tuple[Scale, Scale]:
    points = [point for points in lines for point in points] or [(1, 0.0)]
    values = [value for _, value in points]
    low = 10 * math.floor(min(values) / 10) if factor == 100 else 0.0
    high = 100.0 if factor == 100 else max(values) * 1.05
    across = Scale(1, max(2, *(epoch for epoch, _ in points), 2), LEFT, WIDTH - RIGHT)
    return across, Scale(min(low, 90.0), high or 1.0, HEIGHT - BOTTOM, TOP)


def _curve(points: Sequence[tuple[int, float]], number: int, across: Scale, up: Scale) -> str:
    if not points:
        return ""
    pixels = [(across(epoch), up(value)) for epoch, value in points]
    drawn = path(pixels, f'style="stroke:{series_colour(number)}" class="series"')
    if len(points) > DOTS:
        return drawn
    return drawn + "".join(
        tooltip(_dot(x, y, number), f"epoch {epoch}: {value:.3g}")
        for (x, y), (epoch, value) in zip(pixels, points, strict=True)
    )


def reliability_chart(tested: ClassifiedImages) -> str:
    """Accuracy by confidence in ten bins (a reliability diagram), each bin with its 95 % interval."""
    across = Scale(0, 100, LEFT, WIDTH - RIGHT)
    up = Scale(0, 100, HEIGHT - BOTTOM, TOP)
    parts = [_axes(across, up, "confidence, %", "accuracy, %")]
    parts.append(path([(across(0), up(0)), (across(100), up(100))], _PERFECT))
    parts += [_legend(0, "with 95 % interval"), text(LEFT + 275, TOP - 22, "dashed: perfect")]
    parts += [_reliability_bin(*one, across, up) for one in reliability(tested)]
    return svg_document(WIDTH, HEIGHT, parts, "Accuracy by confidence")


_PERFECT = 'style="stroke:var(--muted)" class="series dashed"'


def reliability(tested: ClassifiedImages) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and number of images of each of ten bins that has any."""
    right, bins = tested.predictions == tested.labels, _bins(tested)
    return [
        (float(tested.confidences[bins == b].mean()), float(right[bins == b].mean()), int((bins == b).sum()))
        for b in np.unique(bins[bins >= 0])
    ]


def _reliability_bin(confidence: float, accuracy: float, n: int, across: Scale, up: Scale) -> str:
    low, high = interval_of(accuracy, n)
    x = across(100 * confidence)
    whisker = path([(x, up(100 * low)), (x, up(100 * high))], _WHISKER)
    note = f"{n:,} images: confidence {percent(confidence)}, accuracy {percent(accuracy)}"
    return tooltip(whisker + _dot(x, up(100 * accuracy), 0, 5), note)


_WHISKER = f'style="stroke:{series_colour(0)};opacity:.45" class="series"'


def confidence_chart(tested: ClassifiedImages) -> str:
    """How many images have which confidence, in ten bins: right answers below, mistakes above them."""
    bins, right = _bins(tested), tested.predictions == tested.labels
    hits, misses = (np.bincount(bins[chosen & (bins >= 0)], minlength=BINS) for chosen in (right, ~right))
    across = Scale(0, 100, LEFT, WIDTH - RIGHT)
    up = Scale(0, max(1.0, float((hits + misses).max())) * 1.05, HEIGHT - BOTTOM, TOP)
    parts = [_axes(across, up, "confidence, %", "test images")]
    for b, (hit, miss) in enumerate(zip(hits, misses, strict=True)):
        left, end = across(100 * b / BINS) + 3, across(100 * (b + 1) / BINS) - 3
        bars = _bar(left, end, up(0), up(hit), "--known") + _bar(left, end, up(hit), up(hit + miss), "--red")
        parts.append(tooltip(bars, f"{hit:,} right, {miss:,} wrong"))
    parts += [_key(LEFT, "--known", "right"), _key(LEFT + 70, "--red", "wrong")]
    return svg_document(WIDTH, HEIGHT, parts, "Number of images by confidence")


def matrix_chart(tested: ClassifiedImages) -> str:
    """A confusion matrix of many classes: a dot for each pair that was confused, the larger the oftener.

    Rows are labels, columns predicted classes. The most frequent pairs are drawn, where there are too many.
    """
    counts, size = tested.confusion, float(len(tested.names))
    parts = [line((0, 0), (size, size))]
    for label, predicted, count in largest_confusions(counts, MOST_DOTS):
        share = count / counts[label].sum()
        dot = (
            f'<circle cx="{predicted + 0.5}" cy="{label + 0.5}" r="{size * (0.002 + 0.006 * share):.2f}" '
            'style="fill:var(--red)"/>'
        )
        parts.append(tooltip(dot, f"{tested.names[label]} taken for {tested.names[predicted]}: {count:,}"))
    return svg_document(size, size, parts, f"Confusion matrix of {len(tested.names):,} classes")


def _bins(tested: ClassifiedImages) -> NDArray[np.int64]:
    return confidence_bins(tested.confidences, BINS)


def _bar(left: float, right: float, bottom: float, top: float, colour: str) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
        f'style="fill:var({colour})"/>'
    )


def _axes(across: Scale, up: Scale, below: str, above: str, whole: bool = False) -> str:
    return x_axis(across, TOP, HEIGHT - BOTTOM, below, whole) + y_axis(up, LEFT, WIDTH - RIGHT, above)


def _dot(x: float, y: float, number: int, radius: float = 3) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" style="fill:{series_colour(number)}"/>'


def _legend(number: int, name: str) -> str:
    x = LEFT + 110 + 90 * number
    mark = line((x, TOP - 26), (x + 18, TOP - 26), "series")
    return mark.replace("/>", f' style="stroke:{series_colour(number)}"/>') + text(x + 24, TOP - 22, name)


def _key(x: float, colour: str, name: str) -> str:
    return _bar(x + 60, x + 72, TOP - 20, TOP - 32, colour) + text(x + 78, TOP - 22, name)
