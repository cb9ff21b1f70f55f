"""Pieces of a drawing."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195", "#8c8c00")
"""Okabe and Ito's colours, which colour-blind readers tell apart, and two more."""


@dataclass(frozen=True)
class Scale:
    """Places values along an axis.

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
        """Round values inside, at most so many: steps of 1, 2 or 5 times a power of ten."""
        raw = (self.high - self.low) / most
        power = 10 ** math.floor(math.log10(raw))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        count = math.floor(self.high / step + 1e-9) - first + 1
        return [round((first + number) * step, 10) for number in range(count)]


def colour(number: int) -> str:
    """The colour of the subject of a number."""
    return PALETTE[number % len(PALETTE)]


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words at a place; `kind` is a class of the page's style."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{html.escape(words)}</text>'


def line(start: tuple[float, float], end: tuple[float, float], kind: str = "grid") -> str:
    """A straight line."""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" class="{kind}"/>'
    )


def path(points: Sequence[tuple[float, float]], style: str, closed: bool = False) -> str:
    """A line through points."""
    steps = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M{steps}{" Z" if closed else ""}" {style}/>'


def tip(shape: str, words: str) -> str:
    """A shape that shows words when a pointer rests on it."""
    return f"<g><title>{html.escape(words)}</title>{shape}</g>"


def axis_below(scale: Scale, top: float, bottom: float, name: str) -> str:
    """A horizontal axis with grid lines upwards, its numbers and its name."""
    parts = [line((scale(tick), top), (scale(tick), bottom)) for tick in scale.ticks()]
    parts += [text(scale(tick), bottom + 16, _short(tick), "tick", "middle") for tick in scale.ticks()]
    parts.append(text((scale.start + scale.end) / 2, bottom + 34, name, "name", "middle"))
    return "".join(parts)


def axis_left(scale: Scale, left: float, right: float, name: str) -> str:
    """A vertical axis with grid lines to the right, its numbers and, above it, its name."""
    parts = [line((left, scale(tick)), (right, scale(tick))) for tick in scale.ticks(5)]
    parts += [text(left - 8, scale(tick) + 4, _short(tick), "tick", "end") for tick in scale.ticks(5)]
    parts.append(text(left - 8, min(scale.start, scale.end) - 12, name, "name"))
    return "".join(parts)


def drawing(width: float, height: float, parts: Sequence[str], words: str) -> str:
    """The whole; `words` say what it shows to those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{html.escape(words)}">'
        f"{''.join(parts)}</svg>"
    )


def _short(value: float) -> str:
    return f"{value:g}"
