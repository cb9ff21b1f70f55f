"""Results as a CSV table, a row each."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from edgebreed.benchmarks.report.bench_result import BenchResult


def csv_table(results: Sequence[BenchResult]) -> str:
    """The table with a header; times are in ms, an empty cell means unknown."""
    rows = [_row(result) for result in results]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(result: BenchResult) -> dict[str, Any]:
    model, start = result.model, result.start
    return {
        "scenario": result.scenario,
        "model": model.name,
        "precision": model.precision,
        "engine": result.engine,
        "threads": result.threads,
        "samples": result.samples,
        "seconds": result.seconds,
        **{f"{name}_ms": value for name, value in asdict(result.latency_ms).items()},
        "p90_early_stopping_ms": result.early_stopping_ms["p90"],
        "images_per_second": result.images_per_second,
        **{f"{name}_p50_ms": stage.p50 for name, stage in result.stages_ms.items()},
        "ready_ms": start and start.ready_ms,
        "first_image_ms": start and start.first_image_ms,
        "peak_memory_mb": start and start.peak_memory_mb,
        "bytes": model.bytes,
        "top1": model.top1,
        "verdict": result.verdict,
        "why": "; ".join(result.why),
        "cpu": result.machine["cpu"],
        "cores": result.machine["cores"],
    }
