"""`edgebreed evaluate`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    Json,
    Threads,
    UnknownBelow,
    console,
    print_json,
    print_table,
    stdout_to_stderr,
)
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.train.corruptions import CORRUPTIONS


def evaluate(
    images: Annotated[Path, typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*.")],
    model: Annotated[
        Path | None, typer.Option(help="A run, .keras, .onnx or .tflite; the newest run if left out.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which images, where DIR has splits.")] = "test",
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    corruptions: Annotated[
        bool,
        typer.Option("--corruptions", help="Also under crop, wide, blur, noise, dark, rotation and JPEG."),
    ] = False,
    json_: Json = False,
) -> None:
    """Measure a model's accuracy on labelled images, by its likeliest class and as a user gets it.

    Images that the model has learned from are left out. With --corruptions the table also goes into the
    report of the run that the model lies in.
    """
    from edgebreed.train.delivered import describe_unknown
    from edgebreed.train.evaluation import Evaluation
    from edgebreed.train.run_record import newest_run

    with stdout_to_stderr():
        options = EngineOptions(engine, threads, allow_fallback)
        evaluation = Evaluation.open(images, model, split, options).with_threshold(unknown_below)
        outputs = evaluation.outputs("evaluate")
        result = {
            "engine": evaluation.engine.name,
            **evaluation.measure(outputs).to_dict(),
            "delivered": evaluation.measure_delivered(outputs).to_dict(),
            "unknown": describe_unknown(evaluation.description.task, evaluation.description.rejection),
            "left_out": evaluation.left_out,
            **({} if evaluation.learned_known else {"learned": "unknown"}),
        }
        if corruptions:
            result["corruptions"] = {
                name: evaluation.measure(evaluation.outputs(name, change)).top1
                for name, change in CORRUPTIONS.items()
            }
            _add_to_report(model or newest_run(), result["top1"], result["corruptions"])
    if json_:
        print_json(result)
    else:
        _show(f"{model or 'newest run'} on {images}", result)


def _show(title: str, result: dict[str, Any]) -> None:
    from edgebreed.train.delivered import Delivered

    known = "learned" not in result
    rows = {
        "engine": result["engine"],
        "images": result["n"],
        "left out": f"{result['left_out']} that the model has learned from"
        if known
        else "none, as the file does not say which images it has learned from",
        "top-1": f"{result['top1']:.2%}",
        "top-5": f"{result['top5']:.2%}",
        "delivered": Delivered(**result["delivered"]).describe(),
        "unknown": result["unknown"],
        "calibration error": f"{result['ece']:.3f}",
        **{f"top-1 under {name}": f"{top1:.2%}" for name, top1 in result.get("corruptions", {}).items()},
    }
    print_table(title, rows)
    weakest = sorted(result["per_class"].items(), key=lambda item: item[1])[:5]
    console().print("weakest: " + ", ".join(f"{name} {top1:.0%}" for name, top1 in weakest))


def _add_to_report(model: Path, top1: float, corrupted: dict[str, float]) -> None:
    """Adds the table to the report of the run that the model is or lies in, if it has one."""
    from edgebreed.train.run_record import REPORT
    from edgebreed.train.run_report import add_corruptions

    report = (model.parent if model.is_file() else model) / REPORT
    if report.is_file():
        add_corruptions(report, top1, corrupted)
