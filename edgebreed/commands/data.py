"""`edgebreed data ...`: check a data set before it is trained on."""

from pathlib import Path
from typing import Annotated, Any

import cv2
import typer

from edgebreed.commands.common import (
    TRAINING,
    Json,
    Overwrite,
    mark_saved,
    print_json,
    print_line,
    print_table,
    require,
    show_left_out,
    stdout_to_stderr,
    sub_folder_row,
)
from edgebreed.edge.files import refuse_existing, write_whole
from edgebreed.edge.preprocess import DecodeRule, InputSpec, ResizeRule
from edgebreed.errors import InputError
from edgebreed.train.config import SIDES, XCEPTION
from edgebreed.train.dataset import Dataset, read_dataset
from edgebreed.train.dataset_report import Cell, DatasetReport, contact_sheet
from edgebreed.train.dataset_scan import DatasetScan, scan_dataset
from edgebreed.train.feature_cache import FeatureCache, user_features
from edgebreed.train.multi_label_data import read_multi_label

SHEET, LABELS, LIST = "files.jpg", "labels.jpg", "doubtful-labels.txt"
SHOWN = 20
_OF_CLASSES = ("class", "classes", "that are in two classes")

app = typer.Typer(no_args_is_help=True, help="Check a data set before it is trained on.")

Cache = Annotated[Path | None, typer.Option(help="Folder of the cache; the user's cache if left out.")]


@app.callback()
def group() -> None:
    """Check a data set before it is trained on."""


@app.command()
def check(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="DIR/<split>/<class>/* or DIR/<class>/*, or with --csv any."),
    ],
    csv: Annotated[
        Path | None,
        typer.Option(
            "--csv",
            metavar="CSV",
            help="Labels of the images of DIR, as `edgebreed train --labels` takes them.",
        ),
    ] = None,
    labels: Annotated[
        bool, typer.Option("--labels", help="Also find labels that cross-validation contradicts.")
    ] = False,
    weights: Annotated[Path | None, typer.Option(help="With --labels: ImageNet weights of Xception.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Folder for contact sheets and the list of doubtful labels.")
    ] = None,
    cache: Cache = None,
    overwrite: Overwrite = False,
    json_: Json = False,
) -> None:
    """Find broken files, duplicates within and across splits, imbalance, and labels that look wrong."""
    if csv is not None and labels:
        raise InputError("--labels looks for a wrong class of an image: leave it out with --csv")
    require(TRAINING)
    with stdout_to_stderr():
        data = read_dataset(folder) if csv is None else read_multi_label(folder, csv)
        features = FeatureCache(cache or user_features())
        report = DatasetReport(data, scan_dataset(data, features))
        result = report.to_dict()
        if save is not None:
            for name in (SHEET, *([LABELS, LIST] if labels else [])):
                refuse_existing(save / name, overwrite, "another --save")
            mark_saved(save)
            _save_sheet(save / SHEET, report.cells(), overwrite)
        if labels:
            result["doubtful_labels"] = _label_issues(data, report.scan, weights, features, save, overwrite)
    if json_:
        print_json(result)
    else:
        _show(result, report.scan, save)
        show_left_out(result)


def _label_issues(
    data: Dataset,
    scan: DatasetScan,
    weights: Path | None,
    cache: FeatureCache,
    save: Path | None,
    overwrite: bool,
) -> list[dict[str, Any]]:
    from edgebreed.train.accelerated_extractor import AcceleratedExtractor
    from edgebreed.train.feature_extractor import build_extractor
    from edgebreed.train.label_check import check_labels, write_list

    side, undecodable = SIDES[XCEPTION], set(scan.undecodable)
    spec = InputSpec(side, side, ResizeRule.SQUASH, DecodeRule.REDUCED)  # as training, to share its features
    extractor = AcceleratedExtractor(build_extractor("Xception", spec, weights))
    sound = data.keep(lambda image: image.path not in undecodable)
    issues = check_labels(sound, extractor, cache, scan.near)
    if save is not None:
        _save_sheet(save / LABELS, [issue.cell() for issue in issues], overwrite)
        write_whole(
            save / LIST, write_list(issues, data).encode(errors="surrogateescape"), overwrite=overwrite
        )
    keys = ("name", "label", "suggestion", "probability", "given")
    return [{key: getattr(issue, key) for key in keys} for issue in issues]


def _save_sheet(path: Path, cells: list[Cell], overwrite: bool) -> None:
    """Writes a contact sheet; without findings there is none, not even that of an earlier check."""
    if not cells:
        path.unlink(missing_ok=True)
        return
    jpeg = cv2.imencode(".jpg", contact_sheet(cells))[1].tobytes()
    write_whole(path, jpeg, overwrite=overwrite, private=True)


def _show(found: dict[str, Any], scan: DatasetScan, save: Path | None) -> None:
    exact, near, imbalance = found["duplicates"], found["near_duplicates"], found["imbalance"]
    noun, nouns, two = ("label", "labels", "with two sets of labels") if "labels" in found else _OF_CLASSES
    rows = {
        "images": f"{found['images']} of {found['classes']} {nouns}",
        "splits": _by_split(found["splits"]),
        **sub_folder_row(found),
        "do not decode": f"{len(found['undecodable'])}, {len(found['empty'])} of them empty",
        "suffix is wrong": len(found["misnamed"]),
        "rotated by EXIF": len(found["turned"]),
        "conflicting labels": f"{sum(map(len, found['conflicting']))} images {two}, left out of every split",
        "byte-identical": f"{exact['groups']} groups, {exact['across_splits']} across splits",
        "look the same": f"{near['groups']} groups, {near['across_splits']} across splits",
        "training drops": f"{found['dropped_from_training']} images that repeat one of another split",
        "imbalance": f"{imbalance['ratio']:.1f}",
        f"smallest {noun}": _class(imbalance["smallest"]),
        f"largest {noun}": _class(imbalance["largest"]),
        **_label_rows(found),
    }
    if found["missing_splits"]:
        rows["set aside"] = f"{' and '.join(found['missing_splits'])}: training takes them from train"
    if "doubtful_labels" in found:
        rows["doubtful labels"] = len(found["doubtful_labels"])
    print_table(found["data"], rows)
    for fault in scan.undecodable.values():
        print_line(fault)
    for group in found["conflicting"][:SHOWN]:
        print_line(f"{two.removeprefix('that are ')}: {', '.join(group)}")
    for path in found["repeated"][:SHOWN]:
        print_line(f"repeats an image of a later split: {path}")
    for issue in found.get("doubtful_labels", [])[:SHOWN]:
        line = f"{issue['name']} is {issue['label']}: {issue['suggestion']}, {issue['probability']:.0%}?"
        print_line(line)
    if save is not None:
        sheets = [name for name in (SHEET, LABELS) if (save / name).is_file()]
        print_line(f"contact sheets in {save}: {', '.join(sheets) or 'none, as nothing was found'}")


def _label_rows(found: dict[str, Any]) -> dict[str, str]:
    """How many images of each split show each label, or none; nothing of single-label data."""
    if "labels" not in found:
        return {}
    shown = {f"show {name}": _by_split(counts) for name, counts in found["labels"].items()}
    return {**shown, "show no label": _by_split(found["unlabelled"])}


def _by_split(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _class(entry: tuple[str, int]) -> str:
    return f"{entry[0]}, {entry[1]} training images"
