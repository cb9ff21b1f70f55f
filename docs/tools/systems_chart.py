"""Draws the front page's chart from the record of the study `peers.compare_systems`.

    python docs/tools/systems_chart.py docs/pictures/systems.svg

One bar a system: the median time from a photo's path to its class. The picture follows the reader's theme.
"""

import html
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parents[2] / "benchmarks/studies/results/peers.compare_systems.json"
WIDTH, ROW, BAR, TOP = 860, 46, 20, 58  # px
LEFT, RIGHT = 330, 190  # px, for names and figures
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1d2023; } .soft { fill: #61666b; font-size: 12px; }
.title { font-size: 16px; font-weight: 650; } .ours { fill: #2d8f57; } .other { fill: #b9b4a8; }
@media (prefers-color-scheme: dark) { text { fill: #eceae6; } .soft { fill: #9a9fa5; }
  .ours { fill: #55bd82; } .other { fill: #5a6066; } }
"""


def chart(record: Mapping[str, Any]) -> str:
    """The record of a run of the study as SVG, the fastest system first."""
    systems = sorted(record["figures"]["systems"], key=lambda system: system["p50_ms"])
    scale = (WIDTH - LEFT - RIGHT) / max(system["p50_ms"] for system in systems)
    rows = "".join(_row(TOP + ROW * number, system, scale) for number, system in enumerate(systems))
    machine = record["machine"]
    below = (
        f"{systems[0]['photos']} photos, each by every system in turn; {machine['cpu']}, "
        f"{machine['cores']} cores, {record['date']}"
    )
    height = TOP + ROW * len(systems) + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<style>{STYLE}</style>"
        f'<text x="0" y="22" class="title">From a photo to its class, median time</text>'
        f'{rows}<text x="0" y="{height - 8}" class="soft">{html.escape(below)}</text></svg>\n'
    )


def _row(top: int, system: Mapping[str, Any], scale: float) -> str:
    length = system["p50_ms"] * scale
    kind = "ours" if system["system"].startswith("edgebreed") else "other"
    top1 = system["top1_all"]
    accuracy = f", top-1 {top1['top1']:.1%}" if top1 else ""
    return (
        f'<text x="0" y="{top + 9}">{html.escape(system["system"])}</text>'
        f'<text x="0" y="{top + 26}" class="soft">{html.escape(system["model"])}</text>'
        f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}" rx="3" class="{kind}"/>'
        f'<text x="{LEFT + length + 8:.1f}" y="{top + 15}">{system["p50_ms"]:.0f} ms{accuracy}</text>'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(chart(json.loads(RECORD.read_text("utf-8"))), "utf-8")
