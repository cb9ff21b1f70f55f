"""`edgebreed tune`."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.commands.common import Json, Overwrite, console, print_json, print_titled, stdout_to_stderr
from edgebreed.edge.images import find_photos
from edgebreed.errors import InputError
from edgebreed.train.dataset import LabelledImage, read_labelled

FILES = "tune"
"""Folder in a run for the files that are exported to be tried."""


def tune(
    run: Annotated[
        list[Path] | None,
        typer.Option("--run", help="Run to export and tune, may be repeated: for instance two input sizes."),
    ] = None,
    package_dir: Annotated[
        Path | None, typer.Option(help="Folder of exported files instead of a run; needs no TensorFlow.")
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            help="Labelled photos to measure accuracy on here; left out: a run's validation photos, "
            "or what the files say of themselves."
        ),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(help="Photos of people, to tune the face search too; left out: it stays as it is."),
    ] = None,
    budget: Annotated[float, typer.Option(min=1.0, help="Seconds of measuring.")] = 120.0,
    max_drop: Annotated[
        float, typer.Option(min=0.0, help="Points of top-1 that may be lost against float32.")
    ] = 0.5,
    out: Annotated[
        Path | None, typer.Option(help="File for the chosen model; its suffix becomes the format's.")
    ] = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Try every format, precision, engine and thread count here; keep the fastest that is right enough."""
    if bool(run) == bool(package_dir):
        raise InputError("give either --run RUN or --package-dir DIR")
    with stdout_to_stderr(), tempfile.TemporaryDirectory() as folder:
        from edgebreed.benchmarks.tune.packages import export_packages, read_packages
        from edgebreed.benchmarks.tune.tuner import TuneConfig, refuse_unwritable
        from edgebreed.benchmarks.tune.tuner import tune as run_tuning

        home = run[0] if run else package_dir or Path()
        out = out or home / "tuned"
        refuse_unwritable(out, overwrite)  # said before minutes of exports, not after
        packages = export_packages(run, run[0] / FILES) if run else read_packages(home)
        manifest = packages[0].manifest
        labelled, title = _labelled(photos, run[0] if run else None, manifest.classes, manifest.labels)
        frames = [photo.path for photo in labelled[:: max(1, len(labelled) // 24)]] or write_drawn(
            Path(folder)
        )
        evidence = run_tuning(
            TuneConfig(
                packages=tuple(packages),
                frames=tuple(frames),
                photos=labelled,
                title=title,
                people=tuple(find_photos([people])) if people else (),
                budget=budget,
                max_drop=max_drop,
                out=out,
                overwrite=overwrite,
            )
        )
    if json_:
        print_json(evidence)
    else:
        _show(evidence)


def _labelled(
    photos: Path | None, run: Path | None, classes: tuple[str, ...], labels: tuple[str, ...]
) -> tuple[tuple[LabelledImage, ...], str]:
    """Photos to measure accuracy on, and what to call them."""
    if photos is not None:
        return read_labelled(photos, classes, labels, "valid"), photos.name
    if run is None:
        return (), "manifest"
    from edgebreed.train.run_record import read_record, read_run_images

    return read_run_images(run, read_record(run)).images("valid"), "valid"


def _show(evidence: dict[str, Any]) -> None:
    table = Table()
    for name in ("file", "engine", "threads", "p50 ms", "ratio", "lost"):
        table.add_column(name, justify="left" if name in ("file", "engine") else "right", no_wrap=True)
    for one in evidence["candidates"]:
        accuracy = one["accuracy"] or {}
        drop = accuracy.get("drop_points")
        table.add_row(
            Path(one["file"]).name,
            one["engine"],
            str(one["threads"] or "auto"),
            f"{one['p50_ms']:.1f}",
            f"{one['ratio']:.2f}",
            "" if drop is None else f"{drop:+.2f}",
        )
    print_titled("from pixels to answer, 1280x720", table)
    for line in _lines(evidence["chosen"]):
        console().print(line, soft_wrap=True, markup=False)


def _lines(chosen: dict[str, Any]) -> list[str]:
    accuracy = chosen["accuracy"]
    known = accuracy["top1"] is not None
    right = f"top-1 {accuracy['top1']:.2%} of {accuracy['n']} photos ({accuracy['photos']})" if known else ""
    return [
        f"chosen: {chosen['name']}, p50 {chosen['p50_ms']:.1f} ms; {right}",
        *(f"  {share:.2f} of {name}" for name, share in chosen["by_baseline"].items()),
        f"-> {chosen['out']}, evidence in {chosen['evidence']}",
        f"next: edgebreed stream --model {chosen['out']}",
    ]
