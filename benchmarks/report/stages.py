"""What an image's time is spent on: a bar for each subject, cut into stages."""

from collections.abc import Sequence
from typing import Any

from edgebreed.benchmarks.report.svg import Scale, axis_below, drawing, text, tip

WIDTH, LEFT, RIGHT, ROW, BAR, LEGEND = 960.0, 16.0, 24.0, 62.0, 24.0, 24.0
COLOURS = {
    "wait": "#b0b7c3",
    "decode": "#8da0cb",
    "detect": "#e6a04b",
    "resize": "#a6c36f",
    "host-to-device": "#6fb7c3",
    "inference": "#4c78a8",
    "device-to-host": "#72a5b0",
    "decision": "#9d755d",
}
OTHER = "#777777"
ROOM = 64.0  # px that a name needs


def stage_bars(names: Sequence[str], stages: Sequence[dict[str, Any]]) -> str:
    """Bars of the stages' medians in ms, in the order in which they happen."""
    longest = max(sum(values["p50"] for values in one.values()) for one in stages)
    scale = Scale(0.0, longest * 1.02, LEFT, WIDTH - RIGHT)
    height = LEGEND + ROW * len(names) + 46
    parts = [_legend(stages), axis_below(scale, LEGEND, height - 44, "median of each stage, ms")]
    for number, (name, one) in enumerate(zip(names, stages, strict=True)):
        parts.append(_bar(LEGEND + ROW * number + 8, name, one, scale))
    return drawing(WIDTH, height, parts, "Stages of each subject")


def _legend(stages: Sequence[dict[str, Any]]) -> str:
    parts, x = [], LEFT
    for stage in dict.fromkeys(name for one in stages for name in one):
        parts.append(f'<rect x="{x:.1f}" y="3" width="12" height="12" fill="{COLOURS.get(stage, OTHER)}"/>')
        parts.append(text(x + 18, 13, stage, "tick"))
        x += 40 + 7.0 * len(stage)
    return "".join(parts)


def _bar(top: float, name: str, stages: dict[str, Any], scale: Scale) -> str:
    parts, done = [text(LEFT, top + 12, name, "label")], 0.0
    for stage, values in stages.items():
        start, end = scale(done), scale(done + values["p50"])
        done += values["p50"]
        shape = (
            f'<rect x="{start:.1f}" y="{top + 20:.1f}" width="{max(0.5, end - start):.1f}" height="{BAR}" '
            f'fill="{COLOURS.get(stage, OTHER)}"/>'
        )
        if end - start > ROOM:
            shape += text((start + end) / 2, top + 20 + BAR * 0.68, stage, "inbar", "middle")
        parts.append(tip(shape, f"{stage}: p50 {values['p50']:.2f}, p90 {values['p90']:.2f} ms"))
    return "".join(parts)
