"""`edgebreed evaluate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgebreed.commands.common import (
    AllowFallback,
    EngineName,
    InferenceTimeout,
    Json,
    OpenTimeout,
    Threads,
    UnknownBelow,
    print_json,
    print_table,
    stdout_to_stderr,
)
from edgebreed.commands.metrics_view import print_classes
from edgebreed.edge.engines import AUTO, EngineOptions
from edgebreed.train.corruptions import CORRUPTIONS

if TYPE_CHECKING:
    from edgebreed.train.measure_outputs import Metrics


def evaluate(
    images: Annotated[Path, typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*.")],
    model: Annotated[
        Path | None, typer.Option(help="A run, .keras, .onnx or .tflite; the newest run if left out.")
    ] = None,
    split: Annotated[str, typer.Option(help="Which images, where DIR has splits.")] = "test",
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="For a multi-label model: labels of the images of DIR; DIR/labels.csv if left out.",
        ),
    ] = None,
    negatives: Annotated[
        Path | None,
        typer.Option(
            help="Photos of none of the classes, best such as training did not have: how many are answered "
            "with a class."
        ),
    ] = None,
    unknown_below: UnknownBelow = None,
    engine: EngineName = AUTO,
    threads: Threads = 0,
    allow_fallback: AllowFallback = False,
    open_timeout: OpenTimeout = None,
    inference_timeout: InferenceTimeout = None,
    corruptions: Annotated[
        bool,
        typer.Option("--corruptions", help="Also under crop, wide, blur, noise, dark, rotation and JPEG."),
    ] = False,
    json_: Json = False,
) -> None:
    """Measure a model's accuracy on labelled images, by its likeliest class and as a user gets it.

    Images that the model has learned from are left out. With --negatives it also measures how often a photo
    of something else is taken for one of the classes. With --corruptions the table also goes into the
    report of the run that the model lies in.
    """
    from edgebreed.train.accuracy_text import accuracy_of
    from edgebreed.train.delivered import describe_unknown
    from edgebreed.train.evaluation import Evaluation
    from edgebreed.train.false_accepts import measure_false_accepts
    from edgebreed.train.run_record import newest_run

    with stdout_to_stderr():
        model = model or newest_run()
        options = EngineOptions(engine, threads, allow_fallback, open_timeout, inference_timeout)
        evaluation = Evaluation.open(images, model, split, options, negatives, labels)
        evaluation = evaluation.with_threshold(unknown_below)
        outputs = evaluation.outputs("evaluate")
        metrics, delivered = evaluation.measure(outputs), evaluation.measure_delivered(outputs)
        result = {
            "engine": evaluation.engine.name,
            **metrics.to_dict(),
            **({"delivered": delivered.to_dict()} if delivered else {}),
            "unknown": describe_unknown(evaluation.description),
            "left_out": evaluation.left_out,
            "undecodable": [str(path) for path in evaluation.undecodable],
            "conflicting": [str(path) for path in evaluation.conflicting],
            "dropped": evaluation.dropped,
        }
        if evaluation.learned_unknown:
            result |= {"learned": "unknown", "learned_reason": evaluation.learned_unknown}
        if negatives is not None:
            result["negatives"] = measure_false_accepts(evaluation, negatives).to_dict()
        if corruptions:
            result["corruptions"] = {
                name: accuracy_of(evaluation.measure(evaluation.outputs(name, change)))
                for name, change in CORRUPTIONS.items()
            }
            _add_to_report(model, metrics, result["corruptions"], _source(images, split))
    if json_:
        print_json(result)
    else:
        _show(f"{model} on {images}", metrics, result)


def _show(title: str, metrics: "Metrics", result: dict[str, Any]) -> None:
    from edgebreed.train.accuracy_text import accuracy_name, describe_accuracy, rows_beyond
    from edgebreed.train.delivered import Delivered

    reason = result.get("learned_reason")
    rows = {
        "engine": result["engine"],
        "images": metrics.n,
        "left out": f"none, as {reason}"
        if reason
        else f"{result['left_out']} that the model has learned from",
        "undecodable": _counted(result["undecodable"]),
        "in two classes": _counted(result["conflicting"]),
        "dropped": f"{result['dropped']} that its training left out" if result["dropped"] else "",
        accuracy_name(metrics): describe_accuracy(metrics),
        **rows_beyond(metrics, Delivered(**result["delivered"]) if "delivered" in result else None),
        "unknown": result["unknown"],
        "negatives": _false_accepts(result),
        "calibration error": f"{metrics.ece:.3f}",
        **{
            f"{accuracy_name(metrics)} under {name}": describe_accuracy(metrics, share)
            for name, share in result.get("corruptions", {}).items()
        },
    }
    print_table(title, {name: value for name, value in rows.items() if value != ""})
    print_classes(metrics)


def _false_accepts(result: dict[str, Any]) -> str:
    from edgebreed.train.false_accepts import FalseAccepts

    found = result.get("negatives")
    return FalseAccepts(found["n"], found["known"]).describe() if found else ""


def _counted(paths: list[str]) -> str:
    return f"{len(paths)}, the first is {paths[0]}" if paths else ""


def _source(images: Path, split: str) -> str:
    """The folder of the images as the report names it, with the split where it is not the usual one."""
    folder = str(images.resolve())
    return folder if split == "test" else f"{folder} ({split})"


def _add_to_report(model: Path, metrics: "Metrics", corrupted: dict[str, float], source: str) -> None:
    """Adds the table to the report of the run that the model is or lies in, if it has one."""
    from edgebreed.train.accuracy_text import accuracy_of
    from edgebreed.train.run_record import RECORD, REPORT
    from edgebreed.train.run_report import add_corruptions

    run = model.parent if model.is_file() else model
    if (run / RECORD).is_file() and (run / REPORT).is_file():
        add_corruptions(run / REPORT, metrics, {"as they are": accuracy_of(metrics), **corrupted}, source)
