"""What several commands share: options, and results for people or for programs."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Annotated, Any

import cv2
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from edgebreed.edge.engines import AUTO, ENGINES
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.images import Frame
from edgebreed.edge.pipeline import FaceSearch

Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on standard output.")
]
Model = Annotated[
    Path | None, typer.Option("--model", help="Model file; the one that ships with edgebreed if left out.")
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine",
        help=f"{', '.join((AUTO, *ENGINES))}; {AUTO} takes the first that is here and runs the file.",
    ),
]
Threads = Annotated[
    int, typer.Option("--threads", min=0, help="Threads of one inference; 0 lets the engine choose.")
]
AllowFallback = Annotated[
    bool, typer.Option("--allow-fallback", help="Take the next engine where the one asked for is missing.")
]
Faces = Annotated[
    FaceSearch,
    typer.Option("--faces", help="When to search faces, if the model answers people; auto: where needed."),
]
UnknownBelow = Annotated[
    str | None,
    typer.Option(
        "--unknown-below",
        help="Score from 0 to 1 below which an image is unknown, or off; the model's if left out.",
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")]


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(data, indent=2) + "\n")


def print_json_line(data: Any) -> None:
    """One JSON object on a line of its own, sent at once."""
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()


def console() -> Console:
    """Standard output for people."""
    return Console(highlight=False)


def print_table(title: str, rows: dict[str, Any]) -> None:
    """A title and a two-column table."""
    print_titled(title, two_columns(rows))


def two_columns(rows: dict[str, Any]) -> Table:
    """A table of names and values."""
    table = Table(show_header=False)
    for name, value in rows.items():
        table.add_row(name, escape(str(value)))
    return table


def print_titled(title: str, table: Table) -> None:
    """A table under its title, which may be wider."""
    console().print(f"[bold]{escape(title)}[/bold]", soft_wrap=True)
    console().print(table)


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Sends what libraries print while they work to standard error, also what their C++ parts print."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def pictures_of(photos: Sequence[Path], folder: Path | None, overwrite: bool) -> dict[Path, Path]:
    """Where each photo's annotated picture goes: `folder` and as much of the photo's path as tells it apart.

    Raises:
        InputError: one is there already and `overwrite` is not set.
    """
    if folder is None:
        return {}
    root = Path(os.path.commonpath([photo.absolute().parent for photo in photos]))
    named = Counter(photo.absolute().with_suffix("") for photo in set(photos))
    places = {}
    for photo in photos:
        inside = photo.absolute().relative_to(root)
        unique = named[photo.absolute().with_suffix("")] == 1
        places[photo] = folder / (inside.with_suffix(".jpg") if unique else f"{inside}.jpg")
    for place in places.values():
        refuse_existing(place, overwrite, "another --save")
    return places


def save_picture(place: Path, picture: Frame) -> None:
    """Writes a `(H, W, 3) uint8 BGR` picture as JPEG, whole or not at all."""
    write_whole(place, cv2.imencode(".jpg", picture)[1].tobytes(), overwrite=True)


def exit_code(code: int) -> None:
    """Ends a command with an exit code."""
    if code:
        raise typer.Exit(code)
