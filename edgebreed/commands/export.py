"""`edgebreed export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgebreed.commands.common import (
    EXPORTING,
    TRAINING,
    Json,
    Overwrite,
    UnknownBelow,
    print_json,
    print_line,
    print_measured,
    print_table,
    require,
    stdout_to_stderr,
)
from edgebreed.edge.accuracy import percent
from edgebreed.edge.formats import ModelFormat
from edgebreed.edge.manifest import Precision, Target
from edgebreed.errors import ProofError
from edgebreed.export.recipe import CALIBRATION_IMAGES, MAX_FLOAT_LAYERS, OPSET, GraphOptions, Recipe
from edgebreed.train.delivered import Delivered
from edgebreed.train.run_record import newest_run

if TYPE_CHECKING:
    from edgebreed.train.classification_metrics import ClassificationMetrics


def export(
    run: Annotated[
        Path | None, typer.Option(help="Run to export; the newest under runs/ if left out.")
    ] = None,
    format_: Annotated[ModelFormat, typer.Option("--format", help="File format.")] = ModelFormat.ONNX,
    precision: Annotated[
        Precision, typer.Option(help="Number format of weights and arithmetic.")
    ] = Precision.FP32,
    target: Annotated[
        Target | None,
        typer.Option(help="Processor that an int8 ONNX file is for; this machine's if left out."),
    ] = None,
    max_drop: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Largest loss of top-1 in points, at least one image; 0.5 for int8, 1 for int8 in TFLite.",
        ),
    ] = None,
    max_float_layers: Annotated[
        int, typer.Option(min=0, help="Layers of an int8 file that may stay float to hold --max-drop.")
    ] = MAX_FLOAT_LAYERS,
    calibration: Annotated[
        Path | None,
        typer.Option(help="Photos to measure int8 ranges on; the training split if left out."),
    ] = None,
    calibration_size: Annotated[
        int,
        typer.Option(min=1, help="How many of them, balanced over the classes; all where there are fewer."),
    ] = CALIBRATION_IMAGES,
    unknown_below: UnknownBelow = None,
    data: Annotated[
        Path | None, typer.Option(help="Where the run's data set is now; where it was if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; inside the run if left out.")] = None,
    opset: Annotated[int, typer.Option(help="ONNX operator set version, 9 to 18.")] = OPSET,
    static_batch: Annotated[
        bool,
        typer.Option("--static-batch", help="Fix the batch to 1, for runtimes that need it fixed."),
    ] = False,
    debug_layers: Annotated[
        bool,
        typer.Option("--debug-layers", help="Measure and plot the quantization noise of each layer."),
    ] = False,
    notice: Annotated[
        str, typer.Option(help="Origin and licence of the weights, kept in the manifest.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Write a model that loses more accuracy than allowed.")
    ] = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Convert a run to ONNX or TFLite, check that nothing was lost, and write one file."""
    recipe = Recipe.resolve(format_, precision, target)
    require(TRAINING, EXPORTING)
    with stdout_to_stderr():
        from edgebreed.export.exporter import export as run_export
        from edgebreed.export.request import ExportConfig

        config = ExportConfig(
            run=run or newest_run(),
            recipe=recipe,
            options=GraphOptions(opset, static_batch),
            out=out,
            data=data,
            calibration=calibration,
            calibration_size=calibration_size,
            max_drop=max_drop,
            max_float_layers=max_float_layers,
            unknown_below=unknown_below,
            debug_layers=debug_layers,
            force=force,
            overwrite=overwrite,
            notice=notice,
        )
        try:
            exported = run_export(config)
        except ProofError as error:
            print_measured(error)
            raise
    if json_:
        print_json(exported.to_dict())
    else:
        _print_record(exported.to_dict(), exported.metrics)
        print_line(f"      edgebreed tune --run {config.run}")


def _print_record(record: dict[str, Any], metrics: "ClassificationMetrics") -> None:
    from edgebreed.train.metrics_text import describe_top1, rows_of

    accuracy, agreement, parity = record["accuracy"], record["agreement"], record["parity"]
    rows = {
        "size": f"{record['bytes'] / 1e6:.1f} MB",
        "parity": f"fp32 differs from Keras by at most {parity['max_error']:.2g} on {parity['n']} images",
        "validation": record["validation"]["too_few_images"],
        "test images": record["n"],
        "top-1 float": describe_top1(metrics, accuracy["float"]),
        "top-1 exported": describe_top1(metrics),
        **rows_of(metrics),
        "as delivered": Delivered(**accuracy["delivered"]).describe(metrics),
        "agreement": f"{percent(agreement['top1'])}, probabilities differ by at most "
        f"{agreement['max_error']:.2g}",
        "unknown": record["unknown"],
        "classes that lost": _losses(record["losses"]),
        "layers in float": ", ".join(record["mixed_precision"]["float_layers"]),
        "calibration": _calibration(record["calibration"]),
        "noisiest layer": _noisiest(record.get("layers", [])),
        "golden vectors": f"off by {record['golden_error']:.2g}",
        "measured in": record["engine"],
    }
    path = record["path"]
    print_table(f"{record['recipe']} -> {path}", {name: value for name, value in rows.items() if value})
    print_line(f"next: edgebreed bench --model {path}")
    print_line(f"      edgebreed predict PHOTO --model {path}")


def _losses(losses: list[dict[str, Any]]) -> str:
    rows = [
        f"{row['label']} {percent(row['float_top1'])} to {percent(row['exported_top1'])}" for row in losses
    ]
    return ", ".join(rows) or "none"


def _calibration(calibration: dict[str, Any] | None) -> str:
    return "" if calibration is None else f"{calibration['n']} {calibration['photos']} images"


def _noisiest(layers: list[dict[str, Any]]) -> str:
    if not layers:
        return ""
    worst = min(layers, key=lambda row: float(row["sqnr_db"]))
    return f"{worst['layer'].partition(';')[0]}, signal-to-noise {worst['sqnr_db']:.1f} dB"
