"""SVG elements that the charts are made of: scales, axes, text, paths."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgebreed.edge.text import printable

SERIES_COLOURS = 8
"""Colours that the pages have for data series, in a light and a dark theme."""


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to pixels.

    Attributes:
        low: value at the start.
        high: value at the end.
        start: pixel of the start.
        end: pixel of the end.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[float]:
        """At most so many round values on the scale: steps of 1, 2 or 5 times a power of ten.

        A scale without a length, or with an end that is no number, has none.
        """
        if not 0 < self.high - self.low < math.inf:
            return []
        raw = (self.high - self.low) / most
        power = 10 ** math.floor(math.log10(raw))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        count = math.floor(self.high / step + 1e-9) - first + 1
        return [round((first + number) * step, 10) for number in range(count)]


def _shown(content: str) -> str:
    """Text for markup, also where it holds control characters or bytes that are no UTF-8."""
    return html.escape(printable(content))


def series_colour(number: int) -> str:
    """The colour of a data series by its number, as a variable of the page's theme."""
    return f"var(--series-{number % SERIES_COLOURS + 1})"


def text(x: float, y: float, content: str, css_class: str = "", anchor: str = "start") -> str:
    """Text at a position."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" class="{css_class}" text-anchor="{anchor}">{_shown(content)}</text>'
    )


def line(start: tuple[float, float], end: tuple[float, float], css_class: str = "grid") -> str:
    """A straight line."""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'class="{css_class}"/>'
    )


def path(points: Sequence[tuple[float, float]], style: str, closed: bool = False) -> str:
    """A line through points; `style` is a list of attributes."""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{steps}{" Z" if closed else ""}" {style}/>'


def tooltip(shape: str, content: str) -> str:
    """A shape with a text that shows under the pointer."""
    return f"<g><title>{_shown(content)}</title>{shape}</g>"


def x_axis(scale: Scale, top: float, bottom: float, title: str, whole: bool = False) -> str:
    """A horizontal axis: vertical grid lines, tick labels and a title; `whole` leaves fractions out."""
    ticks = [tick for tick in scale.ticks() if not whole or tick == int(tick)]
    parts = [line((scale(tick), top), (scale(tick), bottom)) for tick in ticks]
    parts += [text(scale(tick), bottom + 16, f"{tick:,g}", "tick", "middle") for tick in ticks]
    parts.append(text((scale.start + scale.end) / 2, bottom + 34, title, "axis-title", "middle"))
    return "".join(parts)


def y_axis(scale: Scale, left: float, right: float, title: str) -> str:
    """A vertical axis: horizontal grid lines, tick labels and a title above."""
    parts = [line((left, scale(tick)), (right, scale(tick))) for tick in scale.ticks(5)]
    parts += [text(left - 8, scale(tick) + 4, f"{tick:,g}", "tick", "end") for tick in scale.ticks(5)]
    parts.append(text(0, min(scale.start, scale.end) - 22, title, "axis-title"))
    return "".join(parts)


def svg_document(width: float, height: float, parts: Sequence[str], description: str) -> str:
    """A whole SVG; the description is for screen readers."""
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{_shown(description)}">'
        f"{''.join(parts)}</svg>"
    )
