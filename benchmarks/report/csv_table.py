"""Results as a table that a spreadsheet opens, a row each."""

import csv
import io
from collections.abc import Sequence
from typing import Any

_STATISTICS = ("p50", "p90", "p95", "p99", "mean", "max")


def csv_table(results: Sequence[dict[str, Any]]) -> str:
    """The table with a head; times are in ms, an empty cell is not known."""
    rows = [_row(result) for result in results]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(result: dict[str, Any]) -> dict[str, Any]:
    model, start = result["model"], result["start"] or {}
    return {
        "scenario": result["scenario"],
        "model": model["name"],
        "precision": model["precision"],
        "engine": result["engine"],
        "threads": result["threads"],
        "samples": result["samples"],
        "seconds": result["seconds"],
        **{f"{key}_ms": result["latency_ms"][key] for key in _STATISTICS},
        "p90_early_stopping_ms": result["early_stopping_ms"]["p90"],
        "images_per_second": result["images_per_second"],
        **{f"{name}_p50_ms": values["p50"] for name, values in result["stages_ms"].items()},
        "ready_ms": start.get("ready_ms"),
        "first_image_ms": start.get("first_image_ms"),
        "peak_memory_mb": start.get("peak_memory_mb"),
        "bytes": model["bytes"],
        "top1": model["top1"],
        "verdict": result["verdict"],
        "why": "; ".join(result["why"]),
        "cpu": result["machine"]["cpu"],
        "cores": result["machine"]["cores"],
    }
