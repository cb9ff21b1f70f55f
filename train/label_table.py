"""Labels of images in a CSV file, where an image may have several, or none.

Two forms are read; both may have a column `split` with `train`, `valid` or `test`:

    image,labels            image,crack,stain
    a.png,crack;stain       a.png,1,1
    b.png,                  b.png,0,0
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgebreed.edge.json_fields import SHORT, control_characters
from edgebreed.edge.text import printable, read_text
from edgebreed.errors import DatasetError
from edgebreed.train.layout import SPLITS

IMAGE, LISTED, SPLIT = "image", "labels", "split"
"""Columns with a meaning; each other one is a label, unless the labels are listed in a column."""
LABEL_TABLE = "labels.csv"
"""What the file is called in a run, and in a folder of images to measure on."""
_SEPARATOR = re.compile(r"[;|]")
_SHOWN = {"0": False, "0.0": False, "1": True, "1.0": True}


@dataclass(frozen=True)
class LabelRow:
    """A line of the file.

    Attributes:
        line: its number, from 1.
        image: path of the image below the folder of images.
        labels: what the image shows.
        split: `train`, `valid` or `test`; None where the file has no such column.
    """

    line: int
    image: str
    labels: frozenset[str]
    split: str | None


@dataclass(frozen=True)
class LabelTable:
    """What a CSV file of labels says.

    Attributes:
        path: the file.
        labels: all labels: columns in their order, or listed labels sorted.
        rows: one an image.
    """

    path: Path
    labels: tuple[str, ...]
    rows: tuple[LabelRow, ...]

    @property
    def divided(self) -> bool:
        """Whether it says which split each image is in."""
        return self.rows[0].split is not None

    def fault(self, line: int, text: str) -> DatasetError:
        """An error about one of its lines."""
        return _fault(self.path, line, text)


@dataclass(frozen=True)
class _Columns:
    """Where each column stands; `labels` is empty where they are listed in one column."""

    image: int
    split: int | None
    listed: int | None
    labels: dict[str, int]


def read_label_table(path: Path) -> LabelTable:
    """Reads a CSV file of labels; the images themselves are not looked for.

    Raises:
        InputError: it cannot be read.
        DatasetError: it has no column `image`, no label or no row, or a line of it is at fault.
    """
    lines = _lines(path)
    if not lines:
        raise DatasetError(f"{path} is empty: give a column `image` and one a label, or `labels`")
    (header_line, header), *body = lines
    columns = _columns(path, header_line, header)
    if not body:
        raise DatasetError(f"{path} has no row: give one an image")
    rows = tuple(_row(path, line, cells, len(header), columns) for line, cells in body)
    _refuse_repeated(path, rows)
    labels = tuple(columns.labels) or tuple(sorted(frozenset[str]().union(*(row.labels for row in rows))))
    _refuse_labels(path, labels)
    return LabelTable(path, labels, rows)


def write_label_table(labels: Sequence[str], rows: Iterable[tuple[str, str, Iterable[int]]]) -> bytes:
    """A file with a column a label, as `read_label_table` reads it.

    Args:
        labels: all of them.
        rows: image, split and the indices of its labels.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([IMAGE, SPLIT, *labels])
    for image, split, shown in rows:
        writer.writerow([image, split, *(int(index in set(shown)) for index in range(len(labels)))])
    return text.getvalue().encode(errors="surrogateescape")


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    """The lines that are not blank, as cells, each with its number."""
    reader = csv.reader(io.StringIO(read_text(path, f"--labels {path}"), newline=""), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise _fault(path, reader.line_num, f"no CSV ({error})") from error
    return [(line, cells) for line, cells in lines if any(cells)]


def _columns(path: Path, line: int, header: Sequence[str]) -> _Columns:
    names = [name.lower() if name.lower() in (IMAGE, LISTED, SPLIT) else name for name in header]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise _fault(path, line, f"two columns are called {printable(twice)!r}: rename or remove one")
    if IMAGE not in names:
        raise _fault(path, line, f"no column `{IMAGE}`, but {', '.join(map(printable, names))}")
    place = {name: number for number, name in enumerate(names)}
    listed = place.get(LISTED)
    others = {name: at for name, at in place.items() if name not in (IMAGE, LISTED, SPLIT)}
    if listed is None and not others:
        raise _fault(path, line, f"no column of labels: give `{LISTED}`, or one a label with 0 and 1")
    if listed is not None and others:
        first = printable(next(iter(others)))
        raise _fault(path, line, f"a column `{LISTED}` and a column {first!r}: give the labels in one form")
    return _Columns(place[IMAGE], place.get(SPLIT), listed, others)


def _row(path: Path, line: int, cells: Sequence[str], width: int, columns: _Columns) -> LabelRow:
    if len(cells) != width:
        raise _fault(path, line, f"{len(cells)} cells under {width} columns")
    if not cells[columns.image]:
        raise _fault(path, line, f"no image in the column `{IMAGE}`")
    split = None if columns.split is None else cells[columns.split]
    if split is not None and split.lower() not in SPLITS:
        raise _fault(path, line, f"split {printable(split)!r}: give train, valid or test")
    known = None if split is None else SPLITS[split.lower()]
    return LabelRow(line, cells[columns.image], _labels(path, line, cells, columns), known)


def _labels(path: Path, line: int, cells: Sequence[str], columns: _Columns) -> frozenset[str]:
    if columns.listed is not None:
        names = (name.strip() for name in _SEPARATOR.split(cells[columns.listed]))
        return frozenset(name for name in names if name)
    for name, at in columns.labels.items():
        if cells[at] not in _SHOWN:
            raise _fault(path, line, f"{printable(name)} is {printable(cells[at])!r}: give 0 or 1")
    return frozenset(name for name, at in columns.labels.items() if _SHOWN[cells[at]])


def _refuse_repeated(path: Path, rows: Sequence[LabelRow]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        before = seen.setdefault(row.image, row.line)
        if before != row.line:
            raise _fault(path, row.line, f"{printable(row.image)} stands in line {before} too: keep one")


def _refuse_labels(path: Path, labels: Sequence[str]) -> None:
    """What no model file could hold is refused before hours of a fit."""
    if not labels:
        raise DatasetError(f"{path}: no image has a label")
    rules: tuple[tuple[Callable[[str], bool], str], ...] = (
        (lambda name: not name, "a label without a name"),
        (lambda name: len(name) > SHORT, f"a label of more than {SHORT} letters"),
        (lambda name: bool(control_characters(name)), "a label with control characters, or no UTF-8"),
    )
    for broken, text in rules:
        if any(map(broken, labels)):
            raise DatasetError(f"{path} has {text}: rename it")


def _fault(path: Path, line: int, text: str) -> DatasetError:
    return DatasetError(f"{path}, line {line}: {text}")
