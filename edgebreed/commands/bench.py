"""`edgebreed bench`: measures, and `bench compare` says whether two measurements differ."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from edgebreed.benchmarks.report.csv_table import csv_table
from edgebreed.benchmarks.report.html_report import write_html_report
from edgebreed.benchmarks.scenarios.camera_scenario import RATE
from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.benchmarks.scenarios.multi_stream import STREAMS
from edgebreed.benchmarks.scenarios.scenario_runner import Request, Scenario, run_scenario
from edgebreed.benchmarks.scenarios.system_under_test import open_systems
from edgebreed.benchmarks.stats.compare import BOUND, Comparison, compare_files
from edgebreed.commands.bench_view import announce, show
from edgebreed.commands.common import (
    AllowFallback,
    Faces,
    InferenceTimeout,
    Json,
    MaxPixels,
    OpenTimeout,
    Overwrite,
    Threads,
    exit_code,
    print_json,
    print_line,
)
from edgebreed.commands.group import CommandWithSubcommands
from edgebreed.edge.engines import AUTO, ENGINES, EngineOptions
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits
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
        typer.Option(
            "--model",
            envvar="EDGEBREED_MODEL",
            help="Model file, may be repeated; the one that ships if left out.",
        ),
    ] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option("--engine", help=f"{', '.join((AUTO, *ENGINES))}; may be repeated."),
    ] = None,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    open_timeout: OpenTimeout = None,
    inference_timeout: InferenceTimeout = None,
    faces: Faces = FaceSearch.AUTO,
    scenario: Annotated[Scenario, typer.Option(help="How images arrive.")] = Scenario.SINGLE_STREAM,
    duration: Annotated[
        float, typer.Option(min=0.1, help="Seconds to measure of each model and engine, after the warm-up.")
    ] = 10.0,
    streams: Annotated[int, typer.Option(min=1, help="Images a query of multi-stream.")] = STREAMS,
    rate: Annotated[float, typer.Option(min=0.1, help="Frames a second of camera.")] = RATE,
    max_pixels: MaxPixels = DEFAULT_LIMITS.megapixels,
    csv: Annotated[Path | None, typer.Option(help="File for the results as a table.")] = None,
    report: Annotated[Path | None, typer.Option(help="File for the results as an HTML page.")] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Measure the latency per image by the runtime's own path."""
    for path in (csv, report):
        if path is not None:  # refused before anything is measured, not after
            refuse_existing(path, overwrite, "another name")
    options = EngineOptions(AUTO, threads, allow_fallback, open_timeout, inference_timeout)
    systems = open_systems(model or [None], engine or [AUTO], options, faces, ImageLimits(max_pixels))
    with tempfile.TemporaryDirectory() as folder:
        files = find_photos(images) if images else write_synthetic_images(Path(folder))
        source = tuple(str(path) for path in images) if images else "drawn by the program, 640x480"
        announce(Console(file=sys.stderr), len(systems), duration)
        request = Request(scenario, tuple(files), duration, streams, rate, image_source=source)
        results = run_scenario(systems, request)
    if csv is not None:
        write_whole(csv, csv_table(results).encode(errors="backslashreplace"), overwrite=overwrite)
    if report is not None:
        write_html_report(report, results, overwrite)
    if json_:
        records = [result.to_dict() for result in results]
        print_json(records[0] if len(records) == 1 else {"runs": records})
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
        records = [comparison.to_dict() for comparison in comparisons]
        print_json(records[0] if len(records) == 1 else {"runs": records})
    else:
        _show_comparisons(comparisons)
    exit_code(1 if any(comparison.regressed(bound) for comparison in comparisons) else 0)


def _show_comparisons(comparisons: list[Comparison]) -> None:
    for comparison in comparisons:
        print_line(f"{comparison.name}: {comparison.summary}")
        for note in comparison.notes():
            print_line(f"  {note}")
