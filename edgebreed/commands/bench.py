"""`edgebreed bench`."""

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.single_stream import measure, report
from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Json,
    Model,
    Threads,
    console,
    print_json,
    print_titled,
)
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import Pipeline


class Scenario(StrEnum):
    """How images arrive."""

    SINGLE_STREAM = "single-stream"


def bench(
    images: Annotated[
        list[Path] | None, typer.Argument(help="Photos or folders; drawn ones if left out.")
    ] = None,
    model: Model = None,
    engine: EngineName = "auto",
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    scenario: Annotated[Scenario, typer.Option(help="How images arrive.")] = Scenario.SINGLE_STREAM,
    duration: Annotated[float, typer.Option(min=0.1, help="Seconds to measure, after the warm-up.")] = 10.0,
    json_: Json = False,
) -> None:
    """Measure the latency per image by the runtime's own path."""
    pipeline = Pipeline.open(model, EngineOptions(engine, threads, allow_fallback))
    with tempfile.TemporaryDirectory() as folder:
        photos = find_photos(images) if images else write_drawn(Path(folder))
        samples, warmup = measure(pipeline, photos, duration)
    result = report(pipeline, samples, warmup)
    result["images"] = [str(path) for path in images] if images else "drawn by the program, 640x480"
    if json_:
        print_json(result)
    else:
        _show(result)


def _show(result: dict[str, Any]) -> None:
    model = result["model"]
    table = Table()
    for column in ("ms", "p50", "p90", "p95", "p99", "mean", "max"):
        table.add_column(column, justify="left" if column == "ms" else "right")
    for name, values in {**result["stages_ms"], "whole": result["latency_ms"]}.items():
        table.add_row(name, *(f"{values[key]:.2f}" for key in ("p50", "p90", "p95", "p99", "mean", "max")))
    print_titled(f"{model['name']} ({model['precision']}) in {result['engine']}", table)
    machine, warmup = result["machine"], result["warmup"]
    console().print(
        f"{result['samples']} images in {result['seconds']:.1f} s ({result['images_per_second']:.1f}/s) "
        f"after a warm-up of {warmup['samples']}; {machine['cpu']}, {machine['cores']} cores\n"
        f"{result['verdict']}" + "".join(f"\n  {reason}" for reason in result["why"])
    )
