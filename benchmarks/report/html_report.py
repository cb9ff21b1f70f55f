"""The HTML page of a measurement: results, charts and conditions in one file without external parts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.benchmarks.report.charts import (
    ParetoPoint,
    distribution_chart,
    drift_chart,
    pareto_chart,
    stage_chart,
)
from edgebreed.benchmarks.scenarios.system_under_test import ModelInfo
from edgebreed.benchmarks.scenarios.workload import WARM_UP_RULE
from edgebreed.edge.accuracy import percent, percent_range
from edgebreed.edge.files import write_whole
from edgebreed.page_templates import render_page
from edgebreed.svg import series_colour


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
    return render_page(
        "bench_report.html",
        title=f"Benchmark: {first.scenario}",
        machine=_machine(first),
        rows=_rows(results),
        version=first.environment["versions"].get("edgebreed", ""),
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


def _rows(results: Sequence[BenchResult]) -> list[dict[str, Any]]:
    """A row a system: what the page's table shows of it."""
    fastest = min(result.latency_ms.p50 for result in results)
    return [
        {
            "number": number + 1,
            "colour": series_colour(number),
            "name": f"{result.model.name} {result.model.precision}",
            "engine": short_engine(result.engine),
            "fastest": len(results) > 1 and result.latency_ms.p50 == fastest,
            "cells": _cells(result),
            "valid": result.verdict == "VALID",
            "verdict": result.verdict,
            "why": result.why,
        }
        for number, result in enumerate(results)
    ]


def _cells(result: BenchResult) -> dict[str, tuple[str, str]]:
    """Value and a note below it, by column."""
    model, latency, start = result.model, result.latency_ms, result.start
    return {
        "p50, ms": (f"{latency.p50:.2f}", _interval(result, "p50")),
        "p90, ms": (f"{latency.p90:.2f}", _interval(result, "p90")),
        "p99, ms": (f"{latency.p99:.2f}", _interval(result, "p99")),
        "images/s": (f"{result.images_per_second:.1f}", ""),
        "file, MB": (f"{model.bytes / 1e6:.1f}", ""),
        "top-1": _top1(model),
        "ready, ms": (_rounded(start.ready_ms if start else None), ""),
        "memory, MB": (_rounded(start.peak_memory_mb if start else None), ""),
    }


def _interval(result: BenchResult, name: str) -> str:
    interval = result.interval_ms.get(name)
    return f"{interval[0]:.2f} to {interval[1]:.2f}" if interval else ""


def _top1(model: ModelInfo) -> tuple[str, str]:
    if model.top1 is None:
        return "-", ""
    return percent(model.top1), percent_range(model.top1, model.top1_photos or 0)


def _rounded(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _pareto(results: Sequence[BenchResult]) -> dict[str, Any]:
    by_time, by_size = [], []
    for number, result in enumerate(results):
        model = result.model
        if model.top1 is not None:
            name = _name(result)
            by_time.append(ParetoPoint(name, result.latency_ms.p50, model.top1, number))
            by_size.append(ParetoPoint(name, model.bytes / 1e6, model.top1, number))
    if not by_time:
        return {}
    photos = " or ".join(sorted({f"{results[point.number].model.top1_photos}" for point in by_time}))
    charts = pareto_chart(by_time, "p50 latency, ms"), pareto_chart(by_size, "file, MB")
    return {"photos": photos, "charts": charts}


def _facts(result: BenchResult) -> dict[str, str]:
    environment = result.environment
    return {
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
