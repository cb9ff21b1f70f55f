"""`edgebreed bench`: measures, and `bench compare` says whether two measurements differ."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edgebreed.benchmarks.camera import RATE
from edgebreed.benchmarks.compare import BOUND, Comparison, compare_files
from edgebreed.benchmarks.csv_table import csv_table
from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.multi_stream import STREAMS
from edgebreed.benchmarks.overhead import overhead
from edgebreed.benchmarks.report.page import write_report
from edgebreed.benchmarks.scenario import Request, Scenario, run
from edgebreed.benchmarks.subject import open_subjects
from edgebreed.commands.bench_view import announce, show
from edgebreed.commands.common import (
    AllowFallback,
    Faces,
    Json,
    Overwrite,
    Threads,
    console,
    exit_code,
    print_json,
)
from edgebreed.commands.group import CommandWithSubcommands
from edgebreed.edge.engines import AUTO, ENGINES, EngineOptions
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.images import find_photos
from edgebreed.edge.pipeline import FaceSearch

app = typer.Typer(
    cls=CommandWithSubcommands, invoke_without_command=True, subcommand_metavar="| compare A.json B.json"
)


@app.callback()
def bench(
    images: Annotated[
        list[Path] | None, typer.Argument(help="Photos or folders; drawn ones if left out.")
    ] = None,
    model: Annotated[
        list[Path] | None,
        typer.Option("--model", help="Model file, may be repeated; the one that ships if left out."),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", help=f"{', '.join((AUTO, *ENGINES))}; may be repeated."),
    ] = None,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    faces: Faces = FaceSearch.AUTO,
    scenario: Annotated[Scenario, typer.Option(help="How images arrive.")] = Scenario.SINGLE_STREAM,
    duration: Annotated[
        float, typer.Option(min=0.1, help="Seconds to measure of each model and engine, after the warm-up.")
    ] = 10.0,
    streams: Annotated[int, typer.Option(min=1, help="Images a query of multi-stream.")] = STREAMS,
    rate: Annotated[float, typer.Option(min=0.1, help="Frames a second of camera.")] = RATE,
    csv: Annotated[Path | None, typer.Option(help="File for the results as a table.")] = None,
    report: Annotated[Path | None, typer.Option(help="File for the results as an HTML page.")] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Measure the latency per image by the runtime's own path."""
    for path in (csv, report):
        if path is not None:  # said before anything is measured, not after
            refuse_existing(path, overwrite, "another name")
    subjects = open_subjects(
        model or [None], engine or [AUTO], EngineOptions(AUTO, threads, allow_fallback), faces
    )
    with tempfile.TemporaryDirectory() as folder:
        photos = find_photos(images) if images else write_drawn(Path(folder))
        announce(Console(file=sys.stderr), len(subjects), duration)
        results = run(subjects, Request(scenario, tuple(photos), duration, streams, rate))
    shown = [str(path) for path in images] if images else "drawn by the program, 640x480"
    cost = vars(overhead())
    results = [{**result, "images": shown, "harness": cost} for result in results]
    if csv is not None:
        write_whole(csv, csv_table(results).encode(), overwrite=overwrite)
    if report is not None:
        write_report(report, results, overwrite)
    if json_:
        print_json(results[0] if len(results) == 1 else {"runs": results})
    else:
        show(results)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="A.json", help="Result of `edgebreed bench --json`.")],
    second: Annotated[Path, typer.Argument(metavar="B.json", help="Another, of the same photos.")],
    bound: Annotated[
        float, typer.Option(min=0.0, help="Share by which B may be slower without exit code 1.")
    ] = BOUND,
    json_: Json = False,
) -> None:
    """Say whether B is really slower or faster than A; exit code 1 where it is slower beyond the bound."""
    comparisons = compare_files(first, second)
    if json_:
        told = [comparison.to_dict() for comparison in comparisons]
        print_json(told[0] if len(told) == 1 else {"runs": told})
    else:
        _show_comparisons(comparisons)
    exit_code(1 if any(comparison.regressed(bound) for comparison in comparisons) else 0)


def _show_comparisons(comparisons: list[Comparison]) -> None:
    for comparison in comparisons:
        console().print(f"{comparison.name}: {comparison.sentence()}", soft_wrap=True, markup=False)
        for note in comparison.notes():
            console().print(f"  {note}", soft_wrap=True, markup=False)
