"""The HTML page of a measurement: results, charts and conditions in one file without external parts."""

import html
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.benchmarks.report.charts import (
    ParetoPoint,
    distribution_chart,
    drift_chart,
    pareto_chart,
    stage_chart,
)
from edgebreed.svg import series_colour
from edgebreed.benchmarks.scenarios.system_under_test import ModelInfo
from edgebreed.benchmarks.scenarios.workload import WARM_UP_RULE
from edgebreed.edge.accuracy import percent, percent_range
from edgebreed.edge.files import write_whole

STYLE = """
:root { --ink: #1f2430; --soft: #667085; --line: #e4e7ec; --paper: #ffffff; --ground: #f6f7f9;
  --good: #067647; --bad: #b42318; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ee; --soft: #98a2b3; --line: #2f3644;
  --paper: #1a1f29; --ground: #11151c; --good: #47cd89; --bad: #f97066; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--ground); }
header, main { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2rem; } h1 { font-size: 1.6rem; margin: 0; } header p { margin: .2rem 0 1rem; }
header p, section > p { color: var(--soft); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 1.1rem 1.3rem; margin: 0 0 1rem; }
h2 { font-size: 1.05rem; margin: 0 0 .5rem; } section > p { margin: -.3rem 0 .6rem; }
.wide { overflow-x: auto; } .wide svg { min-width: 40rem; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 500; color: var(--soft); white-space: nowrap; }
th, td { padding: .4rem .55rem; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; } th:nth-child(n+4):nth-child(-n+11) { text-align: right; }
td:nth-child(2), td:nth-child(3) { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.best { font-weight: 700; }
.sign { display: inline-grid; place-items: center; width: 1.45em; height: 1.45em; border-radius: 50%;
  color: #fff; font-size: 12px; font-weight: 600; }
.valid { color: var(--good); font-weight: 600; } .invalid { color: var(--bad); font-weight: 600; }
.why { margin: .8rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: 14px; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; font-size: 14px; }
.facts div:nth-child(odd) { color: var(--soft); } .facts div { overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
@media (max-width: 46rem) { .pair { grid-template-columns: 1fr; }
  .facts { grid-template-columns: 1fr; gap: 0; } .facts div:nth-child(even) { margin-bottom: .5rem; } }
svg { display: block; width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--soft); }
svg .label { font-size: 13.5px; fill: var(--ink); font-weight: 600; } svg .name { fill: var(--soft); }
svg .grid { stroke: var(--line); } svg .mark { stroke: var(--ink); stroke-dasharray: 3 3; opacity: .55; }
svg .density { opacity: .28; } svg .outline { fill: none; stroke-width: 2; }
svg .rug { stroke-width: 1; opacity: .22; } svg .series { fill: none; stroke-width: 2; opacity: .9; }
svg .front { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; }
svg .dot { stroke: var(--paper); stroke-width: 2; } svg .inbar { fill: #fff; font-weight: 600; }
svg .indot { fill: #fff; font-weight: 700; font-size: 11px; }
"""

TEMPLATE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><style>$style</style></head><body>
<header><h1>$title</h1><p>$machine</p></header>
<main>
<section><h2>Result</h2><div class="wide">$table</div>$verdicts</section>
<section><h2>Latency</h2><p>From an image file to its result. Every sample is a stroke; none is left out.</p>
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


def write_html_report(path: Path, results: Sequence[BenchResult], overwrite: bool = False) -> None:
    """Writes the page of one result, or of several systems that took turns.

    Raises:
        InputError: the file exists and `overwrite` is not set.
    """
    write_whole(path, html_report(results).encode(errors="backslashreplace"), overwrite=overwrite)


def html_report(results: Sequence[BenchResult]) -> str:
    """The page as HTML."""
    names = [f"{number}  {_name(result)}" for number, result in enumerate(results, 1)]
    first = results[0]
    return TEMPLATE.substitute(
        title=html.escape(f"edgebreed bench: {first.scenario}"),
        style=STYLE,
        machine=html.escape(_machine(first)),
        table=_table(results),
        verdicts=_verdicts(names, results),
        distribution=distribution_chart(names, [result.record.total_ms for result in results]),
        stages=stage_chart(names, [result.stages_ms for result in results]),
        pareto=_pareto(results),
        drift=drift_chart([result.record for result in results]),
        facts=_facts(first),
    )


def _name(result: BenchResult) -> str:
    return f"{result.model.name} {result.model.precision} in {short_engine(result.engine)}"


def short_engine(name: str) -> str:
    """`onnxruntime/CPUExecutionProvider` as `onnxruntime/CPU`: all providers share the rest."""
    return name.removesuffix("ExecutionProvider")


def _machine(result: BenchResult) -> str:
    machine, environment = result.machine, result.environment
    board = f"{environment['board']}, " if environment["board"] else ""
    kind = ", virtual" if environment["virtual"] else ""
    return f"{board}{machine['cpu']}, {machine['cores']} cores{kind} · {machine['system']}"


def _table(results: Sequence[BenchResult]) -> str:
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    fastest = min(result.latency_ms.p50 for result in results)
    rows = "".join(_row(number, result, fastest) for number, result in enumerate(results))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(number: int, result: BenchResult, fastest: float) -> str:
    model, latency, start = result.model, result.latency_ms, result.start
    low, high = result.interval_ms["p50"] or (latency.p50, latency.p50)
    best, title = " best" if latency.p50 == fastest else "", f"95 % interval {low:.2f} to {high:.2f} ms"
    cells = [
        f'<td><span class="sign" style="background:{series_colour(number)}">{number + 1}</span></td>',
        f"<td>{html.escape(model.name)} {model.precision}</td>",
        f"<td>{html.escape(short_engine(result.engine))}</td>",
        f'<td class="number{best}" title="{title}">{latency.p50:.2f}</td>',
        *(f'<td class="number">{value:.2f}</td>' for value in (latency.p90, latency.p99)),
        f'<td class="number">{result.images_per_second:.1f}</td>',
        f'<td class="number">{model.bytes / 1e6:.1f}</td>',
        _top1(model),
        f'<td class="number">{_rounded(start.ready_ms if start else None)}</td>',
        f'<td class="number">{_rounded(start.peak_memory_mb if start else None)}</td>',
        f'<td><span class="{result.verdict.lower()}">{result.verdict}</span></td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _top1(model: ModelInfo) -> str:
    if model.top1 is None:
        return '<td class="number">-</td>'
    interval = percent_range(model.top1, model.top1_photos or 0)
    return f'<td class="number" title="95 % interval {interval}">{percent(model.top1)}</td>'


def _rounded(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _verdicts(names: Sequence[str], results: Sequence[BenchResult]) -> str:
    items = [
        f"<li><b>{html.escape(name)}</b>: {html.escape(reason)}</li>"
        for name, result in zip(names, results, strict=True)
        for reason in result.why
    ]
    return f'<ul class="why">{"".join(items)}</ul>' if items else ""


def _pareto(results: Sequence[BenchResult]) -> str:
    by_time, by_size = [], []
    for number, result in enumerate(results):
        model = result.model
        if model.top1 is not None:
            name = _name(result)
            by_time.append(ParetoPoint(name, result.latency_ms.p50, model.top1, number))
            by_size.append(ParetoPoint(name, model.bytes / 1e6, model.top1, number))
    if not by_time:
        return ""
    photos = ", ".join(sorted({f"{results[point.number].model.top1_photos}" for point in by_time}))
    charts = pareto_chart(by_time, "p50 latency, ms") + pareto_chart(by_size, "file, MB")
    return (
        "<section><h2>Accuracy against cost</h2><p>Top-1 as the model file states it, measured on "
        f"{photos} photos. No system lies above and left of the line.</p>"
        f'<div class="pair">{charts}</div></section>'
    )


def _facts(result: BenchResult) -> str:
    environment = result.environment
    facts = {
        "images": result.images if isinstance(result.images, str) else ", ".join(result.images),
        "warm-up": WARM_UP_RULE,
        "percentiles": "nearest rank, a latency that was measured; 95 % intervals by moving-block bootstrap",
        "valid": _validity(result.rules),
        "reference": _reference(result.reference),
        "harness": f"{result.harness.inside_ms * 1e3:.1f} µs in a latency, "
        f"{result.harness.between_ms:.2f} ms between two",
        "taken by other programs": _processor_share(environment["others_share"]),
        "taken by the hypervisor": _processor_share(environment["stolen_share"]),
        "clock": _clock(environment["clock"]),
        "temperatures": _temperatures(environment),
        "load": " ".join(f"{value:g}" for value in environment["after"]["load"]),
        "energy": _energy(result),
        "versions": ", ".join(f"{name} {version}" for name, version in environment["versions"].items()),
    }
    return "".join(
        f"<div>{html.escape(name)}</div><div>{html.escape(value)}</div>" for name, value in facts.items()
    )


def _validity(rules: dict[str, Any]) -> str:
    percentile = rules["percentile"]
    early_stopping = "" if percentile is None else f" (MLPerf's early stopping for p{percentile})"
    return (
        f"at least {rules['seconds']:.0f} s and {rules['samples']} samples{early_stopping}, a steady "
        f"warm-up, block medians within {rules['spread']:.0%}, stages within {rules['stages_off']:.0%} of "
        "the whole"
    )


def _reference(reference: dict[str, Any] | None) -> str:
    if reference is None:
        return "none"
    return f"{reference['model']} in {short_engine(reference['engine'])} between samples, counted nowhere"


def _processor_share(share: float | None) -> str:
    return "not known" if share is None else f"{share:.1%} of the processors' time"


def _clock(policy: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in policy.items() if value is not None) or "not known"


def _temperatures(environment: dict[str, Any]) -> str:
    before, after = (environment[moment]["temperatures_c"] for moment in ("before", "after"))
    zones = [f"{zone} {before[zone]:.0f} to {after[zone]:.0f} °C" for zone in before.keys() & after.keys()]
    return ", ".join(sorted(zones)) or "not known"


def _energy(result: BenchResult) -> str:
    rails = [f"{rail.millijoules_per_image:.1f} mJ an image ({rail.rail})" for rail in result.energy]
    return "; ".join(rails) or "no rail can be read, or several took turns"
