"""`edgebreed export`."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from edgebreed.commands.common import (
    Json,
    Overwrite,
    console,
    print_json,
    print_table,
    stdout_to_stderr,
    two_columns,
)
from edgebreed.edge.manifest import Precision, Target
from edgebreed.errors import ProofError
from edgebreed.export.recipe import CALIBRATION_PHOTOS, MAX_FLOAT_LAYERS, OPSET, Format, Recipe
from edgebreed.train.run_record import newest_run


def export(
    run: Annotated[
        Path | None, typer.Option(help="Run to export; the newest under runs/ if left out.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="File format.")] = Format.ONNX,
    precision: Annotated[
        Precision, typer.Option(help="Number format of weights and arithmetic.")
    ] = Precision.FP32,
    target: Annotated[
        Target | None, typer.Option(help="What an int8 ONNX file will run on; this processor if left out.")
    ] = None,
    max_drop: Annotated[
        float | None,
        typer.Option(
            min=0, help="Largest loss of top-1 in points; left out: 0.5 for int8, 1 for int8 in TFLite."
        ),
    ] = None,
    max_float_layers: Annotated[
        int, typer.Option(min=0, help="Layers of an int8 file that may stay float to hold --max-drop.")
    ] = MAX_FLOAT_LAYERS,
    calibration: Annotated[
        Path | None, typer.Option(help="Photos for int8; the training split if left out.")
    ] = None,
    calibration_size: Annotated[
        int, typer.Option(min=1, help="Photos for int8, as many of each class; all where there are fewer.")
    ] = CALIBRATION_PHOTOS,
    data: Annotated[
        Path | None, typer.Option(help="Where the run's data set is now; where it was if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; inside the run if left out.")] = None,
    opset: Annotated[int, typer.Option(help="ONNX operator set version.")] = OPSET,
    static_batch: Annotated[
        bool,
        typer.Option("--static-batch", help="Fix the batch to 1, for runtimes that cannot leave it open."),
    ] = False,
    debug_layers: Annotated[
        bool, typer.Option("--debug-layers", help="Measure and draw the noise behind each layer.")
    ] = False,
    notice: Annotated[
        str, typer.Option(help="Origin and licence of the weights, kept in the manifest.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write a model that missed its bound.")] = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Convert a run to ONNX or TFLite, prove that nothing was lost, and pack it into one file."""
    recipe = Recipe.fitting(format_, precision, target)
    with stdout_to_stderr():
        from edgebreed.export.convert import Shape
        from edgebreed.export.exporter import export as run_export
        from edgebreed.export.request import ExportConfig

        config = ExportConfig(
            run=run or newest_run(),
            recipe=recipe,
            shape=Shape(opset, static_batch),
            out=out,
            data=data,
            calibration=calibration,
            calibration_size=calibration_size,
            max_drop=max_drop,
            max_float_layers=max_float_layers,
            debug_layers=debug_layers,
            force=force,
            overwrite=overwrite,
            notice=notice,
        )
        try:
            record = run_export(config).to_dict()
        except ProofError as error:
            _show_rows(error)
            raise
    if json_:
        print_json(record)
    else:
        _show(record)


def _show_rows(error: ProofError) -> None:
    """What was measured, on standard error, above the line that says what was missed."""
    if error.rows:
        Console(file=sys.stderr, highlight=False).print(two_columns(error.rows))


def _show(record: dict[str, Any]) -> None:
    accuracy, agreement, parity = record["accuracy"], record["agreement"], record["parity"]
    lost = [
        f"{loss['label']} {loss['float_top1']:.0%} to {loss['exported_top1']:.0%}"
        for loss in record["losses"]
    ]
    rows = {
        "size": f"{record['bytes'] / 1e6:.1f} MB",
        "parity": f"fp32 differs from Keras by at most {parity['max_error']:.2g} on {parity['n']} photos",
        "test photos": record["n"],
        "top-1 float": _share(accuracy["float"], accuracy["float_interval"]),
        "top-1 exported": _share(accuracy["exported"], accuracy["exported_interval"]),
        "agreement": f"{agreement['top1']:.2%}, probabilities differ by at most {agreement['max_error']:.2g}",
        "classes that lost": ", ".join(lost) or "none",
        "stayed float": ", ".join(record["control"]["float_layers"]),
        "calibration": _calibration(record["calibration"]),
        "noisiest layer": _noisiest(record.get("layers", [])),
        "golden vectors": f"off by {record['golden_error']:.2g}",
        "ran in": record["engine"],
    }
    print_table(
        f"{record['recipe']} -> {record['path']}", {name: value for name, value in rows.items() if value}
    )
    path = record["path"]
    console().print(f"next: edgebreed bench --model {path}\n      edgebreed predict PHOTO --model {path}")


def _share(share: float, interval: tuple[float, float]) -> str:
    return f"{share:.2%} ({interval[0]:.1%} to {interval[1]:.1%} with 95 % confidence)"


def _calibration(calibration: dict[str, Any] | None) -> str:
    return "" if calibration is None else f"{calibration['n']} {calibration['photos']} photos"


def _noisiest(layers: list[dict[str, Any]]) -> str:
    if not layers:
        return ""
    worst = min(layers, key=lambda row: float(row["snr_db"]))
    return f"{worst['layer'].partition(';')[0]}, {worst['snr_db']:.1f} dB left"
