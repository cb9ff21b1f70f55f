"""`edgebreed import`."""

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from edgebreed.commands.common import (
    Json,
    Overwrite,
    cell,
    print_json,
    print_line,
    print_measured,
    print_titled,
    require,
    stdout_to_stderr,
)
from edgebreed.edge.preprocess import ResizeRule, Rounding
from edgebreed.edge.resampling import Interpolation
from edgebreed.errors import InputError, ProofError

IMPORTING = ("importing", "export", ("onnx", "flatbuffers"))


def import_model(
    model: Annotated[
        Path,
        typer.Argument(metavar="MODEL", help="ONNX, TFLite, .keras or .h5 file, or a SavedModel folder."),
    ],
    labels: Annotated[
        Path | None, typer.Option(help="File of the class names, one a line in the order of the output.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="What all classes are, such as bird.")] = None,
    size: Annotated[
        str | None, typer.Option(metavar="N|HxW", help="Input in px, where the model leaves it open.")
    ] = None,
    layout: Annotated[str | None, typer.Option(help="nchw or nhwc.")] = None,
    channels: Annotated[str | None, typer.Option(help="rgb, bgr or gray.")] = None,
    scale: Annotated[
        str | None, typer.Option(help="Factor of grey levels from 0 to 255, such as 1/255.")
    ] = None,
    mean: Annotated[
        str | None, typer.Option(metavar="X[,Y,Z]", help="Subtracted after scaling; one, or one a channel.")
    ] = None,
    std: Annotated[str | None, typer.Option(metavar="X[,Y,Z]", help="Divided by afterwards.")] = None,
    resize: Annotated[ResizeRule | None, typer.Option(help="How a photo becomes the input.")] = None,
    resize_to: Annotated[
        int | None, typer.Option(min=1, help="Length in px that is scaled to before the middle is cut out.")
    ] = None,
    interpolation: Annotated[
        Interpolation | None, typer.Option(help="As OpenCV or Pillow resize it.")
    ] = None,
    rounding: Annotated[Rounding | None, typer.Option(help="Of lengths that are no whole px.")] = None,
    padding: Annotated[
        int | None, typer.Option(min=0, max=255, help="Grey level beside a photo that does not fill it.")
    ] = None,
    jpeg_quality: Annotated[
        int | None,
        typer.Option(min=1, max=100, help="Of the JPEG that the program makes of each resized photo."),
    ] = None,
    output: Annotated[
        str | None, typer.Option(help="What the output holds: logits, probabilities, or sigmoid.")
    ] = None,
    output_name: Annotated[
        str | None, typer.Option(help="Which output, where the model has several.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(metavar="FILE|NAME", help="These in a file, or a named recipe such as torchvision."),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(help="Folder of the reference's photos; without one, of photos in folders by label."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="CSV or JSON of the original program's probabilities for 16 photos or more."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; default: MODEL-imported.onnx or .tflite here.")
    ] = None,
    notice: Annotated[
        str, typer.Option(help="Origin and licence of the weights, kept in the manifest.")
    ] = "",
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Take a classifier of another program in, with its preprocessing, and prove that it answers the same."""
    require(IMPORTING)
    with stdout_to_stderr():
        from edgebreed.export.importer.import_recipe import PartialRecipe
        from edgebreed.export.importer.importing import ImportConfig
        from edgebreed.export.importer.importing import import_model as run_import
        from edgebreed.export.importer.label_file import read_labels
        from edgebreed.export.importer.pixel_transform import Channels, Layout, OutputKind
        from edgebreed.export.importer.recipe_file import read_recipe

        options = PartialRecipe(
            layout=_choice("--layout", layout, Layout),
            channels=_choice("--channels", channels, Channels),
            scale=None if scale is None else _number("--scale", scale),
            mean=None if mean is None else _numbers("--mean", mean),
            std=None if std is None else _numbers("--std", std),
            size=None if size is None else _sides(size),
            resize=resize,
            resize_to=resize_to,
            interpolation=interpolation,
            rounding=rounding,
            padding=padding,
            jpeg_quality=jpeg_quality,
            output=_choice("--output", output, OutputKind),
            output_name=output_name,
            labels=None if labels is None else read_labels(labels),
            subject=subject,
        )
        named = PartialRecipe() if recipe is None else read_recipe(recipe)
        config = ImportConfig(model, options.over(named), photos, reference, out, overwrite, notice)
        try:
            imported = run_import(config)
        except ProofError as error:
            print_measured(error)
            raise
    if json_:
        print_json(imported.to_dict())
    else:
        _print_record(imported.to_dict())


def _choice(option: str, text: str | None, kind: Any) -> Any:
    """A value of an enumeration that is only loaded here."""
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError as error:
        raise InputError(f"{option} {text}: give one of {', '.join(kind)}") from error


def _number(option: str, text: str) -> float:
    """A number, or a fraction such as 1/255."""
    above, _, below = text.partition("/")
    try:
        number = float(above) / float(below or 1)
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{option} {text}: give a number, or a fraction such as 1/255")
    return number


def _numbers(option: str, text: str) -> tuple[float, ...]:
    return tuple(_number(option, one.strip()) for one in text.split(","))


def _sides(text: str) -> tuple[int, int]:
    """Height and width of `224` or `48x192`."""
    try:
        height, width = map(int, text.split("x") if "x" in text else (text, text))
    except ValueError as error:
        raise InputError(f"--size {text}: give one number, or HEIGHTxWIDTH such as 48x192") from error
    return height, width


def _print_record(record: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table("field", "value", "origin")
    for name, field in record["recipe"].items():
        table.add_row(cell(name), cell(_shown(name, field["value"])), cell(field["origin"]))
    print_titled(f"{record['path']}, {record['bytes'] / 1e6:.1f} MB", table)
    for dialect in record["dialects"]:
        print_line(f"read: {dialect}")
    for note in record["notes"]:
        print_line(f"note: {note}")
    print_line(f"proof: {_proof(record)}")
    print_line(f"next: edgebreed predict PHOTO --model {record['path']}")


def _shown(name: str, value: Any) -> str:
    if name == "labels":
        return f"{len(value):,}: {', '.join(value[:4])}{', ...' if len(value) > 4 else ''}"
    if isinstance(value, list):
        return ", ".join(f"{one:g}" for one in value)
    if value is None:
        return "none"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _proof(record: dict[str, Any]) -> str:
    agreement = record["agreement"]
    if record["proof"] == "reference":
        return (
            f"reference: probabilities of {agreement['n']} photos differ by {agreement['max_error']:.2g} at "
            f"most from the original program's, {agreement['top1']:.0%} have the same best label"
        )
    if record["proof"] == "photos":
        return (
            f"photos: {agreement['top1']:.0%} of {agreement['n']} labelled photos are right, log-loss "
            f"{agreement['log_loss']:.3f}; only --reference proves that the original program answers the same"
        )
    return "none: pass --reference with the original program's answers, or --photos with labelled photos"
