"""`edgebreed train`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from edgebreed.commands.common import (
    TRAINING,
    Json,
    Overwrite,
    print_json,
    print_line,
    print_table,
    require,
    show_left_out,
    stdout_to_stderr,
    sub_folder_row,
)
from edgebreed.edge.preprocess import ResizeRule
from edgebreed.errors import InputError
from edgebreed.train.config import XCEPTION, Arch, TrainConfig
from edgebreed.train.run_folder import run_folder
from edgebreed.train.run_record import TrainResult

FINE_TUNE_PASSES = 10


def parse_arch(text: str) -> Arch:
    """An architecture by name; `xception` is another name of `transfer`."""
    try:
        return Arch(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(Arch)}") from error


def train(
    data: Annotated[
        Path | None,
        typer.Option(
            help="DIR/<split>/<class>/* or DIR/<class>/*, or with --labels any folder of images; without it "
            "the demo is drawn."
        ),
    ] = None,
    arch: Annotated[
        Arch | None,
        typer.Option(
            parser=parse_arch,
            metavar="|".join(Arch),
            help="A small CNN from scratch, or a new head on a backbone; transfer unless the demo is drawn.",
        ),
    ] = None,
    backbone: Annotated[
        str,
        typer.Option(
            help="Backbone of a transfer: any of keras.applications, or EfficientNetLite0; "
            "Xception if left out."
        ),
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Folder of the run; runs/<network> if left out.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="ImageNet weights of the backbone; downloaded if left out.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=0, help="Passes over the training images; 0 means 20.")] = 0,
    negatives: Annotated[
        Path | None, typer.Option(help="Images of none of the classes, to learn 'unknown' from.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="What all classes are, such as rocket; answers then begin with it.")
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Answer a person as such, found by a face.")
    ] = False,
    unknown_below: Annotated[
        str | None,
        typer.Option(
            help="Score from 0 to 1 below which an image is unknown, or off; measured with --negatives "
            "if left out."
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Labels of the images of DIR, where an image may show several or none: columns image and "
            "labels, or image and one a label with 0 and 1; split if there is one.",
        ),
    ] = None,
    exclude: Annotated[
        Path | None, typer.Option(help="File of images to leave out, a path below DIR a line.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="JSON file: folder name to the label that people read.")
    ] = None,
    size: Annotated[
        int, typer.Option(min=0, help="Side of the input in px; 0: the backbone's own, 128 for scratch.")
    ] = 0,
    resize: Annotated[ResizeRule, typer.Option(help="How an image becomes a square.")] = ResizeRule.SQUASH,
    seed: Annotated[int, typer.Option(min=0, help="Of everything random.")] = 0,
    keep_duplicates: Annotated[
        bool,
        typer.Option(
            "--keep-duplicates",
            help="Learn also from images that look like one of another split; divide a set without splits "
            "as if no two looked the same.",
        ),
    ] = False,
    fine_tune: Annotated[
        bool,
        typer.Option("--fine-tune", help="Also tune the top third of the backbone, on augmented images."),
    ] = False,
    fine_tune_epochs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Passes of --fine-tune, 10 if left out; it ends early when validation stops gaining.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the interrupted run in --out.")] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of the feature cache; the user's cache if left out.")
    ] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Fit a classifier and measure it; writes the model, its metrics, plots and a report."""
    if resume and out is None:
        raise InputError("--resume needs --out with the folder of the interrupted run")
    if fine_tune_epochs is not None and not fine_tune:
        raise InputError(f"--fine-tune-epochs {fine_tune_epochs} is for --fine-tune: pass that too")
    chosen = arch or (Arch.TRANSFER if data or backbone else Arch.SCRATCH)
    network = chosen.value if chosen is Arch.SCRATCH else backbone.lower() or XCEPTION
    require(TRAINING)
    with stdout_to_stderr(), run_folder(network, out, overwrite, resume) as folder:
        from edgebreed.train.feature_cache import user_features
        from edgebreed.train.trainer import train as run_training

        config = TrainConfig(
            out=folder,
            cache=cache or user_features(),
            arch=chosen,
            backbone=backbone,
            data=data,
            weights=weights,
            negatives=negatives,
            exclude=exclude,
            names=names,
            epochs=epochs,
            size=size,
            resize=resize,
            seed=seed,
            keep_duplicates=keep_duplicates,
            subject=subject,
            people=people,
            unknown_below=unknown_below,
            labels=labels,
            resume=resume,
            fine_tune=(fine_tune_epochs or FINE_TUNE_PASSES) if fine_tune else 0,
        )
        if data is None:
            print("no --data: training on `demo`, coloured shapes drawn by the program", file=sys.stderr)
        result = run_training(config)
    if json_:
        print_json(result.to_summary())
    else:
        _show(result)
    if result.interrupted:
        raise KeyboardInterrupt


def _show(result: TrainResult) -> None:
    from edgebreed.train.accuracy_text import accuracy_name, describe_accuracy, rows_beyond
    from edgebreed.train.multi_label_metrics import MultiLabelMetrics

    test, seconds, shown = result.test, result.seconds, result.to_summary()
    nouns = "labels" if isinstance(test, MultiLabelMetrics) else "classes"
    rows = {
        "data": f"{result.data}, {result.classes} {nouns}, {result.train_images} training images",
        "left out": result.describe_dropped(),
        **sub_folder_row(shown),
        **({"set aside": f"{_counted(result.set_aside)}, from train"} if result.set_aside else {}),
        f"test {accuracy_name(test)}": describe_accuracy(test),
        **rows_beyond(test, result.delivered),
        "calibration error": f"{test.ece:.3f}",
        "trainable parameters": f"{result.trainable_parameters:,}",
        **({"fine-tuned": f"{result.fine_tune_passes} passes"} if result.fine_tune_passes else {}),
        "time": f"features {seconds['features']:.1f} s, fit {seconds['fit']:.1f} s",
        "unknown": result.unknown,
        "thresholds": result.thresholds_reason,
    }
    print_table(f"{result.arch} -> {result.run}", {name: value for name, value in rows.items() if value})
    show_left_out(shown)
    print_line(f"next: edgebreed export --run {result.run} --format onnx --precision int8")
    print_line(f"      edgebreed tune --run {result.run}")


def _counted(images: dict[str, int]) -> str:
    return ", ".join(f"{count} {split}" for split, count in images.items()) + " images"
