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
from edgebreed.edge.engines import EngineOptions


def evaluate(
    photos: Annotated[Path, typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*.")],
    model: Annotated[
        Path | None, typer.Option(help="A run, .keras, .onnx or .tflite; the newest run if left out.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which photos, where DIR has splits.")] = "test",
    engine: EngineName = "auto",
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    json_: Json = False,
) -> None:
    """Measure a model's accuracy on labelled photos."""
    from edgebreed.train.evaluate import evaluate as run_evaluation

    with stdout_to_stderr():
        metrics = run_evaluation(photos, model, split, EngineOptions(engine, threads, allow_fallback))
    if json_:
        print_json(metrics.to_dict())
        return
    rows = {
        "photos": metrics.n,
        "top-1": f"{metrics.top1:.2%}",
        "top-5": f"{metrics.top5:.2%}",
        "calibration error": f"{metrics.ece:.3f}",
    }
    print_table(f"{model or 'newest run'} on {photos}", rows)
    worst = sorted(metrics.per_class.items(), key=lambda item: item[1])[:5]
    console().print("weakest: " + ", ".join(f"{name} {top1:.0%}" for name, top1 in worst))
