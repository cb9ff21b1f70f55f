"""`edgebreed export`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from edgebreed.commands.common import Json, Overwrite, console, print_json, print_table, stdout_to_stderr
from edgebreed.edge.manifest import Precision
from edgebreed.export.recipe import OPSET, Format, Recipe
from edgebreed.train.run import newest_run


def export(
    run: Annotated[
        Path | None, typer.Option(help="Run to export; the newest under runs/ if left out.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="File format.")] = Format.ONNX,
    precision: Annotated[Precision, typer.Option(help="Number format of the arithmetic.")] = Precision.FP32,
    calibration: Annotated[
        Path | None, typer.Option(help="Photos for int8; the training split if left out.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Data set to prove on; the run's own if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; inside the run if left out.")] = None,
    opset: Annotated[int, typer.Option(help="ONNX operator set version.")] = OPSET,
    notice: Annotated[
        str, typer.Option(help="Origin and licence of the weights, kept in the manifest.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write a model that missed its bound.")] = False,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Convert a run to ONNX or TFLite, prove that nothing was lost, and pack it into one file."""
    recipe = Recipe(format_, precision)
    with stdout_to_stderr():
        from edgebreed.export.exporter import ExportConfig
        from edgebreed.export.exporter import export as run_export

        config = ExportConfig(
            run=run or newest_run(),
            recipe=recipe,
            out=out,
            data=data,
            calibration=calibration,
            opset=opset,
            force=force,
            overwrite=overwrite,
            notice=notice,
        )
        record = run_export(config).to_dict()
    if json_:
        print_json(record)
    else:
        _show(record)


def _show(record: dict[str, Any]) -> None:
    accuracy, agreement = record["accuracy"], record["agreement"]
    rows = {
        "size": f"{record['bytes'] / 1e6:.1f} MB",
        "test photos": record["n"],
        "top-1": f"float {accuracy['float']:.2%}, exported {accuracy['exported']:.2%}",
        "agreement": f"{agreement['top1']:.2%}, probabilities differ by at most {agreement['max_error']:.2g}",
        "golden vectors": f"off by {record['golden_error']:.2g}",
        "ran in": record["engine"],
    }
    print_table(f"{record['format']} {record['precision']} -> {record['path']}", rows)
    path = record["path"]
    console().print(f"next: edgebreed bench --model {path}\n      edgebreed predict PHOTO --model {path}")
