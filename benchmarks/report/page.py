"""The page: what was measured, on what, and what came out."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from edgebreed.benchmarks.report.distribution import distribution
from edgebreed.benchmarks.report.drift import drift
from edgebreed.benchmarks.report.pareto import Point, pareto
from edgebreed.benchmarks.report.stages import stage_bars
from edgebreed.benchmarks.report.style import STYLE
from edgebreed.benchmarks.report.svg import colour
from edgebreed.edge.files import write_whole

PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>$style</style></head><body>
<header><h1>$title</h1><p>$machine</p></header>
<main>
<section><h2>Result</h2><div class="wide">$table</div>$verdicts</section>
<section><h2>Latency</h2><p>The whole way of an image. Every sample is a stroke; none is left out.</p>
<div class="wide">$distribution</div></section>
<section><h2>Stages</h2><div class="wide">$stages</div></section>
$pareto
<section><h2>Steadiness</h2>
<p>Medians of short blocks. Where all lines rise together, the machine slowed down, not a model.</p>
<div class="wide">$drift</div></section>
<section><h2>How it was measured</h2><div class="facts">$facts</div></section>
</main></body></html>
""")

COLUMNS = (
    "",
    "model",
    "engine",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "images/s",
    "MB",
    "top-1",
    "ready ms",
    "memory MB",
    "verdict",
)


def write_report(path: Path, results: Sequence[dict[str, Any]], overwrite: bool = False) -> None:
    """Writes the page of one result or of several side by side.

    Raises:
        InputError: the file exists and `overwrite` is not set.
    """
    write_whole(path, page(results).encode(), overwrite=overwrite)


def page(results: Sequence[dict[str, Any]]) -> str:
    """The page as HTML."""
    names = [f"{number}  {_name(result)}" for number, result in enumerate(results, 1)]
    first = results[0]
    return PAGE.substitute(
        title=html.escape(f"edgebreed bench: {first['scenario']}"),
        style=STYLE,
        machine=html.escape(_machine(first)),
        table=_table(results),
        verdicts=_verdicts(names, results),
        distribution=distribution(names, [result["record"]["total_ms"] for result in results]),
        stages=stage_bars(names, [result["stages_ms"] for result in results]),
        pareto=_pareto(results),
        drift=drift([result["record"] for result in results]),
        facts=_facts(first),
    )


def _name(result: dict[str, Any]) -> str:
    model = result["model"]
    return f"{model['name']} {model['precision']} in {short_engine(result['engine'])}"


def short_engine(name: str) -> str:
    """`onnxruntime/CPUExecutionProvider` as `onnxruntime/CPU`: the rest says nothing."""
    return name.removesuffix("ExecutionProvider")


def _machine(result: dict[str, Any]) -> str:
    machine, environment = result["machine"], result["environment"]
    board = f"{environment['board']}, " if environment["board"] else ""
    kind = ", virtual" if environment["virtual"] else ""
    return f"{board}{machine['cpu']}, {machine['cores']} cores{kind} · {machine['system']}"


def _table(results: Sequence[dict[str, Any]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    fastest = min(result["latency_ms"]["p50"] for result in results)
    rows = "".join(_row(number, result, fastest) for number, result in enumerate(results))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(number: int, result: dict[str, Any], fastest: float) -> str:
    model, latency, start = result["model"], result["latency_ms"], result["start"] or {}
    low, high = result["interval_ms"]["p50"] or (latency["p50"],) * 2
    best, around = " best" if latency["p50"] == fastest else "", f"95 % interval {low:.2f} to {high:.2f} ms"
    cells = [
        f'<td><span class="sign" style="background:{colour(number)}">{number + 1}</span></td>',
        f"<td>{html.escape(model['name'])} {model['precision']}</td>",
        f"<td>{html.escape(short_engine(result['engine']))}</td>",
        f'<td class="number{best}" title="{around}">{latency["p50"]:.2f}</td>',
        *(f'<td class="number">{latency[key]:.2f}</td>' for key in ("p90", "p99")),
        f'<td class="number">{result["images_per_second"]:.1f}</td>',
        f'<td class="number">{model["bytes"] / 1e6:.1f}</td>',
        f'<td class="number">{_percent(model["top1"])}</td>',
        *(f'<td class="number">{_whole(start.get(key))}</td>' for key in ("ready_ms", "peak_memory_mb")),
        f'<td><span class="{result["verdict"].lower()}">{result["verdict"]}</span></td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _whole(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _verdicts(names: Sequence[str], results: Sequence[dict[str, Any]]) -> str:
    items = [
        f"<li><b>{html.escape(name)}</b>: {html.escape(reason)}</li>"
        for name, result in zip(names, results, strict=True)
        for reason in result["why"]
    ]
    return f'<ul class="why">{"".join(items)}</ul>' if items else ""


def _pareto(results: Sequence[dict[str, Any]]) -> str:
    known = [(number, one) for number, one in enumerate(results) if one["model"]["top1"] is not None]
    if not known:
        return ""
    by_time, by_size = (
        [Point(_name(one), cost(one), one["model"]["top1"], number) for number, one in known]
        for cost in (_median, _megabytes)
    )
    photos = ", ".join(sorted({f"{one['model']['top1_photos']}" for _, one in known}))
    return (
        "<section><h2>Accuracy against cost</h2><p>Top-1 as the model file tells it, measured on "
        f"{photos} photos. No subject lies above and left of the line.</p>"
        f'<div class="pair">{pareto(by_time, "p50 latency, ms")}{pareto(by_size, "file, MB")}</div></section>'
    )


def _median(result: dict[str, Any]) -> float:
    return float(result["latency_ms"]["p50"])


def _megabytes(result: dict[str, Any]) -> float:
    return float(result["model"]["bytes"] / 1e6)


def _facts(result: dict[str, Any]) -> str:
    environment, rules, warmup = result["environment"], result["rules"], result["warmup"]
    cost, clock = result["harness"], environment["clock"]
    facts = {
        "images": ", ".join(result["images"]) if isinstance(result["images"], list) else result["images"],
        "warm-up": warmup["rule"],
        "percentiles": "nearest rank, a latency that was measured; 95 % intervals by moving-block bootstrap",
        "valid": f"at least {rules['seconds']:.0f} s and {rules['samples']} samples{_early(rules)}, a steady "
        f"warm-up, block medians within {rules['spread']:.0%}, stages within {rules['stages_off']:.0%} of "
        "the whole",
        "reference": _reference(result["reference"]),
        "harness": f"{cost['inside_ms'] * 1e3:.1f} µs in a latency, {cost['between_ms']:.2f} ms between two",
        "taken by other programs": _share(environment["others_share"]),
        "taken by the hypervisor": _share(environment["stolen_share"]),
        "clock": ", ".join(f"{key} {value}" for key, value in clock.items() if value is not None)
        or "not told",
        "temperatures": _temperatures(environment),
        "load": " ".join(f"{value:g}" for value in environment["after"]["load"]),
        "energy": "; ".join(
            f"{rail['millijoules_per_image']:.1f} mJ an image ({rail['rail']})" for rail in result["energy"]
        )
        or "no rail can be read, or several took turns",
        "versions": ", ".join(f"{name} {version}" for name, version in environment["versions"].items()),
    }
    return "".join(
        f"<div>{html.escape(name)}</div><div>{html.escape(value)}</div>" for name, value in facts.items()
    )


def _early(rules: dict[str, Any]) -> str:
    percentile = rules["percentile"]
    return "" if percentile is None else f" (MLPerf's early stopping for p{percentile})"


def _reference(reference: dict[str, Any] | None) -> str:
    if reference is None:
        return "none"
    return f"{reference['model']} in {short_engine(reference['engine'])} between samples, counted nowhere"


def _share(share: float | None) -> str:
    return "not told" if share is None else f"{share:.1%} of the processors' time"


def _temperatures(environment: dict[str, Any]) -> str:
    before, after = (environment[moment]["temperatures_c"] for moment in ("before", "after"))
    zones = [f"{zone} {before[zone]:.0f} to {after[zone]:.0f} °C" for zone in before.keys() & after.keys()]
    return ", ".join(sorted(zones)) or "not told"
