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
from edgebreed.errors import InputError, ProofError
from edgebreed.export.recipe import CALIBRATION_IMAGES, MAX_FLOAT_LAYERS, OPSET, GraphOptions, Recipe
from edgebreed.train.run_record import newest_run

if TYPE_CHECKING:
    from edgebreed.export.measured_accuracy import MeasuredAccuracy
    from edgebreed.export.request import ExportRecord

_BESIDE_FROM = {
    "--run": "give one of them, a run or a file",
    "--opset": "the file keeps its own, or gets the least that int8 needs; leave --opset out",
    "--static-batch": "the file keeps its own batch; leave --static-batch out",
}
"""Why an option does not go with `--from`."""


def export(
    run: Annotated[
        Path | None, typer.Option(help="Run to export; the newest under runs/ if left out.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="fp32 ONNX file to export in another precision, instead of a run: an imported model, or an "
            "earlier export.",
        ),
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
        typer.Option(
            help="Photos to measure int8 ranges on; the training split if left out. With --from and without "
            "--data, half of these photos are for the ranges, half to compare both files on."
        ),
    ] = None,
    calibration_size: Annotated[
        int,
        typer.Option(min=1, help="How many of them, balanced over the classes; all where there are fewer."),
    ] = CALIBRATION_IMAGES,
    unknown_below: UnknownBelow = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Where the run's data set is now; where it was if left out. With --from, labelled photos to "
            "measure accuracy on, as `edgebreed evaluate` reads them."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; inside the run, or beside --from, if left out.")
    ] = None,
    opset: Annotated[
        int | None,
        typer.Option(help=f"ONNX operator set version, 9 to 18; {OPSET} if left out. Not with --from."),
    ] = None,
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
    """Convert a run to ONNX or TFLite, or quantize an ONNX file; check what was lost; write one file."""
    recipe = Recipe.resolve(format_, precision, target)
    options = {
        "recipe": recipe,
        "out": out,
        "data": data,
        "calibration": calibration,
        "calibration_size": calibration_size,
        "max_drop": max_drop,
        "max_float_layers": max_float_layers,
        "unknown_below": unknown_below,
        "debug_layers": debug_layers,
        "force": force,
        "overwrite": overwrite,
        "notice": notice,
    }
    if source is not None:
        _refuse_beside_from({"--run": run, "--opset": opset, "--static-batch": static_batch or None})
    require(*((EXPORTING,) if source else (TRAINING, EXPORTING)))
    with stdout_to_stderr():
        try:
            if source is not None:
                exported = _export_model(source, options)
            else:
                exported = _export_run(
                    run or newest_run(), GraphOptions(opset or OPSET, static_batch), options
                )
        except ProofError as error:
            print_measured(error)
            raise
    if json_:
        print_json(exported.to_dict())
        return
    _print_record(exported.to_dict(), exported.measured, "Keras" if source is None else source.name)
    if source is None:
        print_line(f"      edgebreed tune --run {run or newest_run()}")


def _refuse_beside_from(given: dict[str, object]) -> None:
    for name, value in given.items():
        if value is not None:
            raise InputError(f"{name} with --from: {_BESIDE_FROM[name]}")


def _export_run(run: Path, graph: GraphOptions, options: dict[str, Any]) -> "ExportRecord":
    from edgebreed.export.exporter import export as export_run
    from edgebreed.export.request import ExportConfig

    return export_run(ExportConfig(run=run, options=graph, **options))


def _export_model(source: Path, options: dict[str, Any]) -> "ExportRecord":
    from edgebreed.export.model_export import export_model
    from edgebreed.export.model_request import ModelExportConfig

    return export_model(ModelExportConfig(source=source, **options))


def _print_record(record: dict[str, Any], measured: "MeasuredAccuracy | None", original: str) -> None:
    agreement, parity, split = record["agreement"], record["parity"], record["split"]
    rows = {
        "size": f"{record['bytes'] / 1e6:.1f} MB",
        "parity": f"fp32 differs from {original} by at most {parity['max_error']:.2g} "
        f"on {parity['n']} images",
        "validation": record["validation"]["too_few_images"],
        f"{split} images": record["n"],
        **_accuracy_rows(measured),
        "agreement": f"{percent(agreement['top1'])}, probabilities differ by at most "
        f"{agreement['max_error']:.2g}",
        "unknown": record["unknown"],
        "classes that lost": _losses(record["losses"]) if measured else "",
        "layers in float": ", ".join(record["mixed_precision"]["float_layers"]),
        "calibration": _calibration(record["calibration"]),
        "noisiest layer": _noisiest(record.get("layers", [])),
        "golden vectors": f"off by {record['golden_error']:.2g}",
        "measured in": record["engine"],
        "note": "; ".join(record["remarks"]),
    }
    path = record["path"]
    print_table(f"{record['recipe']} -> {path}", {name: value for name, value in rows.items() if value})
    print_line(f"next: edgebreed bench --model {path}")
    print_line(f"      edgebreed predict PHOTO --model {path}")


def _accuracy_rows(measured: "MeasuredAccuracy | None") -> dict[str, str]:
    """On labelled images."""
    from edgebreed.train.metrics_text import describe_top1, rows_of

    if measured is None:
        return {"top-1": "not measured: pass --data DIR with labelled photos"}
    metrics = measured.metrics
    return {
        "top-1 float": describe_top1(metrics, measured.report.float_top1),
        "top-1 exported": describe_top1(metrics),
        **rows_of(metrics),
        "as delivered": measured.delivered.describe(metrics),
    }


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
