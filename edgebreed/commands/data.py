"""`edgebreed data ...`: what a data set is worth."""

from pathlib import Path
from typing import Annotated, Any

import cv2
import typer

from edgebreed.commands.common import Json, Overwrite, console, print_json, print_table, stdout_to_stderr
from edgebreed.edge.model_file import write_whole

app = typer.Typer(no_args_is_help=True, help="Look at a data set before it is trained on.")

Cache = Annotated[Path | None, typer.Option(help="Folder of the cache; the user's cache if left out.")]


@app.callback()
def group() -> None:
    """Look at a data set before it is trained on."""


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*.")],
    sheet: Annotated[
        Path | None, typer.Option(help="Picture to write with what was found, .jpg or .png.")
    ] = None,
    cache: Cache = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Find broken files, duplicates within and across splits, and imbalance."""
    with stdout_to_stderr():
        from edgebreed.train.check import check as run_check
        from edgebreed.train.contact_sheet import contact_sheet
        from edgebreed.train.dataset import read_dataset
        from edgebreed.train.features import FeatureCache, user_cache
        from edgebreed.train.survey import survey

        data = read_dataset(folder)
        found = run_check(data, survey(data, FeatureCache(cache or user_cache())))
        if sheet is not None:
            picture = cv2.imencode(sheet.suffix or ".jpg", contact_sheet(found.cells()))[1]
            write_whole(sheet, picture.tobytes(), overwrite=overwrite)
    if json_:
        print_json(found.to_dict())
    else:
        _show(found.to_dict(), sheet)


def _show(found: dict[str, Any], sheet: Path | None) -> None:
    exact, near, imbalance = found["duplicates"], found["near_duplicates"], found["imbalance"]
    rows = {
        "photos": f"{found['images']} of {found['classes']} classes",
        "splits": ", ".join(f"{name} {count}" for name, count in found["splits"].items()),
        "do not decode": f"{len(found['undecodable'])}, {len(found['empty'])} of them empty",
        "suffix is wrong": len(found["misnamed"]),
        "turned by EXIF": len(found["turned"]),
        "byte-identical": f"{exact['groups']} groups, {exact['across_splits']} across splits",
        "look the same": f"{near['groups']} groups, {near['across_splits']} across splits",
        "training drops": f"{found['dropped_from_training']} photos that repeat one of another split",
        "imbalance": f"{imbalance['ratio']:.1f}",
        "smallest class": _class(imbalance["smallest"]),
        "largest class": _class(imbalance["largest"]),
    }
    print_table(found["data"], rows)
    for path in found["undecodable"]:
        console().print(f"does not decode: {path}", markup=False, soft_wrap=True)
    if sheet is not None:
        console().print(f"contact sheet: {sheet}", markup=False, soft_wrap=True)


def _class(entry: tuple[str, int]) -> str:
    return f"{entry[0]}, {entry[1]} training photos"
