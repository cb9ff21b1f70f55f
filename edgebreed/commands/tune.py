"""`edgebreed tune`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from edgebreed.benchmarks.scenarios.input_images import write_synthetic_images
from edgebreed.commands.common import (
    EXPORTING,
    TRAINING,
    Json,
    Overwrite,
    cell,
    print_json,
    print_line,
    print_titled,
    require,
    stdout_to_stderr,
)
from edgebreed.edge.accuracy import describe_share
from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import LearnedImages, Manifest
from edgebreed.errors import InputError
from edgebreed.train.dataset import LabelledImage, read_labelled
from edgebreed.train.feature_cache import digest_of
from edgebreed.train.label_table import LABEL_TABLE
from edgebreed.train.multi_label_data import read_multi_label_images

if TYPE_CHECKING:  # it imports the exporter's recipes, which the other commands need not wait for
    from edgebreed.benchmarks.tune.candidate_accuracy import AccuracyScore
    from edgebreed.benchmarks.tune.tune_result import ChosenResult, TuneResult

EXPORT_FOLDER = "tune"
"""Folder in a run for the model files that are exported to be tried."""
FRAMES = 24
"""Labelled photos that become the frames to measure on, at most about so many."""


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
    require(*((TRAINING, EXPORTING) if run else ()))
    with stdout_to_stderr(), tempfile.TemporaryDirectory() as folder:
        from edgebreed.benchmarks.tune.tuner import TuneConfig, check_writable
        from edgebreed.benchmarks.tune.tuner import tune as run_tuning
        from edgebreed.benchmarks.tune.variants import export_variants, read_variants

        home = run[0] if run else package_dir or Path()
        out = out or home / "tuned"
        check_writable(out, overwrite)  # refused before minutes of exports, not after
        variants = export_variants(run, run[0] / EXPORT_FOLDER) if run else read_variants(home)
        manifest = variants[0].manifest
        labelled, dataset = _labelled(photos, run[0] if run else None, manifest)
        learned = _learned(labelled, manifest.learned)
        result = run_tuning(
            TuneConfig(
                variants=tuple(variants),
                frame_images=_frame_images(labelled) or tuple(write_synthetic_images(Path(folder))),
                labelled=labelled,
                dataset=dataset,
                people=tuple(find_photos([people])) if people else (),
                budget=budget,
                max_drop=max_drop,
                out=out,
                overwrite=overwrite,
            )
        )
    if json_:
        print_json({**result.to_dict(), "learned_photos": learned})
    else:
        _show(result, learned, "subset accuracy" if manifest.task.multi_label else "top-1")


def _frame_images(labelled: Sequence[LabelledImage]) -> tuple[Path, ...]:
    """Some of the labelled images, of all classes."""
    return tuple(image.path for image in labelled[:: max(1, len(labelled) // FRAMES)])


def _labelled(
    photos: Path | None, run: Path | None, manifest: Manifest
) -> tuple[tuple[LabelledImage, ...], str]:
    """Images to measure accuracy on, and the name of that data set."""
    classes, labels = manifest.classes, manifest.labels
    if photos is not None and manifest.task.multi_label:
        table = photos / LABEL_TABLE
        return read_multi_label_images(photos, table, classes, labels, "valid"), photos.name
    if photos is not None:
        return read_labelled(photos, classes, labels, "valid"), photos.name
    if run is None:
        return (), "manifest"
    from edgebreed.train.run_record import read_record, read_run_images

    return read_run_images(run, read_record(run)).images("valid"), "valid"


def _learned(labelled: Sequence[LabelledImage], learned: LearnedImages | None) -> int:
    """How many of the photos the model has learned from; 0 also where its file does not say."""
    return 0 if learned is None else sum(digest_of(image.path) in learned for image in labelled)


def _show(result: "TuneResult", learned: int, measure: str) -> None:
    """The candidates by their ratios, which were measured in turns.

    Their medians are of different rounds, in which the machine was not equally fast. So a column of ms would
    contradict that of the ratios; it holds the ratio's share of what the chosen one took.
    """
    table = Table()
    for name in ("file", "engine", "threads", "ratio", "ms", measure):
        table.add_column(name, justify="left" if name in ("file", "engine") else "right", no_wrap=True)
    chosen_ms = result.chosen.candidate.timing.p50_ms
    for candidate in result.candidates:
        inference, ratio = candidate.inference, candidate.timing.ratio
        table.add_row(
            cell(inference.variant.path.name),
            inference.engine,
            str(inference.threads or "auto"),
            f"{ratio:.2f}",
            f"{ratio * chosen_ms:.1f}",
            _change(candidate.accuracy),
        )
    print_titled("from pixels to answer, 1280x720", table)
    print_line("ratio: time beside the chosen one, in turns; ms: ratio x p50 of the chosen one")
    for line in _lines(result.chosen, learned, measure):
        print_line(line)


def _change(accuracy: "AccuracyScore | None") -> str:
    """What a candidate's top-1 lost or gained against float32, in points; empty where nobody measured it."""
    if accuracy is None or accuracy.drop is None:
        return ""
    if round(accuracy.drop, 2) == 0:
        return "same"
    return f"{abs(accuracy.drop):.2f} {'lost' if accuracy.drop > 0 else 'gained'}"


def _lines(chosen: "ChosenResult", learned: int, measure: str) -> list[str]:
    accuracy, p50_ms = chosen.accuracy, chosen.candidate.timing.p50_ms
    top1 = ""
    if accuracy.top1 is not None:
        top1 = f"{measure} {describe_share(accuracy.top1, accuracy.n)}, {accuracy.dataset} photos"
    if learned:
        top1 += f"; the model has learned from {learned} of them, so only what is lost against float32 counts"
    return [
        f"chosen: {chosen.name}, p50 {p50_ms:.1f} ms; {top1}",
        *(f"  {share:.2f} of {name}" for name, share in chosen.by_baseline.items()),
        f"-> {chosen.out}, evidence in {chosen.evidence}",
        f"next: edgebreed stream --model {chosen.out}",
    ]
