"""Options and output functions that several commands share."""

import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgebreed.edge.engines import AUTO, ENGINES
from edgebreed.edge.engines.engine import MAX_TIMEOUT_S
from edgebreed.edge.files import mark_output, refuse_existing, write_whole
from edgebreed.edge.folder_walk import LeftOut, describe
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch
from edgebreed.edge.text import printable, to_json
from edgebreed.errors import MissingExtraError, ProofError

_LOG = logging.getLogger(__name__)

Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on standard output.")
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model", envvar="EDGEBREED_MODEL", help="Model file; default: the one that ships with edgebreed."
    ),
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        help=f"{', '.join((AUTO, *ENGINES))}; {AUTO} takes the first one installed that runs the file.",
    ),
]
Threads = Annotated[
    int, typer.Option("--threads", min=0, help="Threads of one inference; 0: the engine decides.")
]
AllowFallback = Annotated[
    bool, typer.Option("--allow-fallback", help="Take the next engine if the requested one is missing.")
]
OpenTimeout = Annotated[
    float | None,
    typer.Option(
        "--open-timeout",
        min=0.1,
        max=MAX_TIMEOUT_S,
        help="Seconds in which the model must open; default: 60, on a GPU 600.",
    ),
]
InferenceTimeout = Annotated[
    float | None,
    typer.Option(
        "--inference-timeout",
        min=0.1,
        max=MAX_TIMEOUT_S,
        help="Seconds that one inference may take, whatever its batch; default: 30 an image, on a GPU 600.",
    ),
]
Faces = Annotated[
    FaceSearch,
    typer.Option("--faces", help="When to search faces, if the model recognises people; auto: if needed."),
]
UnknownBelow = Annotated[
    str | None,
    typer.Option(
        "--unknown-below",
        help="Score from 0 to 1 below which an image is unknown, or off; default: as in the model.",
    ),
]
MaxPixels = Annotated[
    int,
    typer.Option(
        "--max-pixels",
        min=1,
        help="Largest image that is read, in Mpx (million pixels); of AVIF, a quarter of it.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace existing files.")]


LONGEST_JPEG = 65_500
"""Pixels of a side that OpenCV writes."""

TRAINING = (
    "training",
    "train",
    ("keras", "scipy", "sklearn", "matplotlib", "cleanlab", "tensorboardX"),
)
EXPORTING = ("exporting", "export", ("onnx", "tf2onnx", "nncf", "ai_edge_quantizer", "flatbuffers"))


def require(*parts: tuple[str, str, tuple[str, ...]]) -> None:
    """Checks that the packages of optional parts are installed, before anything of them is imported.

    Args:
        parts: what a part is for, the extra that installs it, and the packages that it imports.

    Raises:
        MissingExtraError: a package is missing.
    """
    for feature, extra, packages in parts:
        if not all(find_spec(package) for package in packages):
            raise MissingExtraError(feature, extra)


def print_json(data: Any) -> None:
    """Prints a JSON document on standard output, and flushes it."""
    sys.stdout.write(to_json(data, indent=2) + "\n")
    sys.stdout.flush()


def print_json_line(data: Any) -> None:
    """Prints a JSON object on one line of standard output, and flushes it."""
    sys.stdout.write(to_json(data) + "\n")
    sys.stdout.flush()


def console() -> Console:
    """A rich console on standard output."""
    return Console(highlight=False)


def print_table(title: str, rows: dict[str, Any]) -> None:
    """Prints a title and a two-column table."""
    print_titled(title, two_columns(rows))


def two_columns(rows: dict[str, Any]) -> Table:
    """A table of names and values."""
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # a path that is wider than the terminal is shown whole
    for name, value in rows.items():
        table.add_row(cell(name), cell(value))
    return table


def cell(value: object) -> str:
    """What a table shows of a value; names in it may hold any characters."""
    return escape(printable(str(value)))


def print_titled(title: str, table: Table) -> None:
    """Prints a table under its title, which may be wider than the table."""
    console().print(f"[bold]{cell(title)}[/bold]", soft_wrap=True)
    console().print(table)


def print_line(text: str) -> None:
    """Prints one line, however wide; file and class names in it may hold any characters."""
    console().print(printable(text), markup=False, soft_wrap=True)


def show_left_out(result: dict[str, Any]) -> None:
    """Prints a line a reason for the files of a data set that are not read as images.

    Args:
        result: what `train` or `data check` prints as JSON.
    """
    for reason, paths in result["left_out"].items():
        print_line("left out: " + describe(LeftOut(reason), paths, result["left_out_counts"][reason]))


def sub_folder_row(result: dict[str, Any]) -> dict[str, str]:
    """A row for a table on images deeper than in their class folder, where a data set has any.

    Args:
        result: what `train` or `data check` prints as JSON.
    """
    count = result["in_sub_folders"]
    return {"in sub-folders": f"{count} images, each of the class whose folder it is below"} if count else {}


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Redirects what libraries print, also from C++, to standard error, so that JSON output stays clean."""
    sys.stdout.flush()
    stdout = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stdout.flush()
        os.dup2(stdout, 1)
        os.close(stdout)


def annotated_paths(images: Sequence[Path], folder: Path | None, overwrite: bool) -> dict[Path, Path]:
    """The file of each image's annotated copy: in `folder`, with as much of the image's path as is unique.

    Returns:
        Image file to annotated file; empty without a folder.

    Raises:
        InputError: one exists already and `overwrite` is not set.
    """
    if folder is None:
        return {}
    root = Path(os.path.commonpath([image.absolute().parent for image in images]))
    stems = Counter(image.absolute().with_suffix("") for image in set(images))
    paths = {}
    for image in images:
        relative = image.absolute().relative_to(root)
        unique = stems[image.absolute().with_suffix("")] == 1
        paths[image] = folder / (relative.with_suffix(".jpg") if unique else f"{relative}.jpg")
    for path in paths.values():
        refuse_existing(path, overwrite, "another --save")
    return paths


def mark_saved(folder: Path | None) -> None:
    """Marks the folder of `--save` as written by edgebreed; warns where it holds files of others."""
    if folder is not None and not mark_output(folder, private=True):
        _LOG.warning(
            "%s holds other files, so the pictures saved there would be taken for photos: "
            "pass --save with a folder of its own",
            folder,
        )


def save_jpeg(path: Path, frame: Frame) -> None:
    """Writes a frame `(H, W, 3) uint8 BGR` as JPEG, atomically; one longer than JPEG can be is shrunk."""
    scale = LONGEST_JPEG / max(frame.shape[:2])
    if scale < 1:
        height, width = (max(1, int(side * scale)) for side in frame.shape[:2])
        frame = np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    write_whole(path, cv2.imencode(".jpg", frame)[1].tobytes(), overwrite=True, private=True)


def print_measured(error: ProofError) -> None:
    """What was measured, on standard error, above the line that says which bound was missed."""
    if error.rows:
        Console(file=sys.stderr, highlight=False).print(two_columns(error.rows))


def exit_code(code: int) -> None:
    """Ends the command with an exit code, unless it is 0."""
    if code:
        raise typer.Exit(code)
