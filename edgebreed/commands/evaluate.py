"""`edgebreed evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Json,
    Threads,
    console,
    print_json,
    print_table,
    stdout_to_stderr,
)
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.train.corruptions import CORRUPTIONS


def evaluate(
    photos: Annotated[Path, typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*.")],
    model: Annotated[
        Path | None, typer.Option(help="A run, .keras, .onnx or .tflite; the newest run if left out.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which photos, where DIR has splits.")] = "test",
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    corruptions: Annotated[
        bool,
        typer.Option("--corruptions", help="Also under crop, wide, blur, noise, dark, rotation and JPEG."),
    ] = False,
    json_: Json = False,
) -> None:
    """Measure a model's accuracy on labelled photos, as they are and as the wild makes them.

    With --corruptions the table also goes into the report of the run that the model lies in.
    """
    from edgebreed.train.evaluate import Evaluation
    from edgebreed.train.run import newest_run

    with stdout_to_stderr():
        options = EngineOptions(engine, threads, allow_fallback)
        evaluation = Evaluation.open(photos, model, split, options)
        metrics = evaluation.measure("evaluate")
        changes = CORRUPTIONS.items() if corruptions else ()
        worse = {name: evaluation.measure(name, change).top1 for name, change in changes}
        if corruptions:
            _tell_report(model or newest_run(), metrics.top1, worse)
    if json_:
        told = {"engine": evaluation.engine.name, **metrics.to_dict()}
        print_json({**told, **({"corruptions": worse} if corruptions else {})})
        return
    rows = {
        "engine": evaluation.engine.name,
        "photos": metrics.n,
        "top-1": f"{metrics.top1:.2%}",
        "top-5": f"{metrics.top5:.2%}",
        "calibration error": f"{metrics.ece:.3f}",
        **{f"top-1 under {name}": f"{top1:.2%}" for name, top1 in worse.items()},
    }
    print_table(f"{model or 'newest run'} on {photos}", rows)
    worst = sorted(metrics.per_class.items(), key=lambda item: item[1])[:5]
    console().print("weakest: " + ", ".join(f"{name} {top1:.0%}" for name, top1 in worst))


def _tell_report(model: Path, top1: float, worse: dict[str, float]) -> None:
    """Adds the table to the report of the run that the model is or lies in, if it has one."""
    from edgebreed.train.report import add_corruptions
    from edgebreed.train.run import REPORT

    report = (model.parent if model.is_file() else model) / REPORT
    if report.is_file():
        add_corruptions(report, top1, worse)
