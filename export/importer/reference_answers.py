"""What the original program answered: probabilities for some photos, as CSV or JSON.

CSV: a first line `image,LABEL,LABEL,...`, then one line a photo; where labels are not named, `image,0,1,...`.
JSON: a list of `{"image": PATH, "probabilities": [...]}`, or with an object of label to probability.
"""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.text import read_text
from edgebreed.errors import InputError

MIN_PHOTOS = 16
MAX_PHOTOS = 1000
"""More are cut off: each is held in memory in every geometry that a search tries."""
_ROUNDING = 1e-3  # of a probability that was written with few digits
_IMAGE_COLUMNS = ("image", "file", "path", "filename", "photo", "source")


@dataclass(frozen=True)
class ReferenceAnswers:
    """Probabilities that the original program gave.

    Attributes:
        paths: of the photos.
        probabilities: `(N, columns) float32`.
        labels: names of the columns; empty where they are not named, and are all classes in order.
    """

    paths: tuple[Path, ...]
    probabilities: NDArray[np.float32]
    labels: tuple[str, ...] = ()

    def columns(self, labels: Sequence[str]) -> list[int]:
        """The model's outputs that the columns are of.

        Raises:
            InputError: a column is of no label, or there are not as many as outputs.
        """
        count = self.probabilities.shape[1]
        if self.labels in ((), tuple(labels)):
            if count != len(labels):
                raise InputError(
                    f"--reference has {count} probabilities a photo and the model {len(labels)} classes: "
                    "give one a class, or name the columns by their labels"
                )
            return list(range(count))
        unknown = [name for name in self.labels if list(labels).count(name) != 1]
        if unknown:
            raise InputError(
                f"--reference has a column {unknown[0]!r}, and the model's labels are "
                f"{', '.join(labels[:5])}{', ...' if len(labels) > 5 else ''}: name the columns by its labels"
            )
        return [list(labels).index(name) for name in self.labels]


def read_reference(path: Path, photos: Path | None = None) -> ReferenceAnswers:
    """Reads reference answers.

    Args:
        path: a CSV or JSON file; its first character tells which.
        photos: folder that the images' paths are relative to; None is that of the file.

    Raises:
        InputError: it is none, a photo is missing, or there are too few of them.
    """
    name = f"--reference {path}"
    text = read_text(path, name)
    rows = _of_json(text, name) if text.lstrip()[:1] in ("[", "{") else _of_csv(text, name)
    answers = _assembled(list(rows), photos or path.parent, name)
    if len(answers.paths) < MIN_PHOTOS:
        raise InputError(
            f"{name} answers {len(answers.paths)} photos: at least {MIN_PHOTOS} different ones are needed"
        )
    return answers


Row = tuple[str, tuple[str, ...], list[float]]
"""A photo, the labels of its probabilities where they are named, and the probabilities."""


def _of_csv(text: str, name: str) -> Iterator[Row]:
    lines = list(csv.reader(text.splitlines()))
    if not lines or not lines[0] or lines[0][0].strip().lower() not in _IMAGE_COLUMNS or len(lines[0]) < 2:
        raise InputError(f"{name}: its first line must be `image,LABEL,LABEL,...`")
    header = tuple(column.strip() for column in lines[0][1:])
    labels = () if header == tuple(map(str, range(len(header)))) else header
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        if len(line) != len(header) + 1:
            raise InputError(f"{name}, line {number}: {len(line)} fields, the first line has {len(lines[0])}")
        yield line[0].strip(), labels, [_probability(value, f"{name}, line {number}") for value in line[1:]]


def _of_json(text: str, name: str) -> Iterator[Row]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is no JSON: {error}") from error
    if isinstance(data, dict):
        data = [{"image": image, "probabilities": values} for image, values in data.items()]
    labels: tuple[str, ...] = ()
    for number, entry in enumerate(data):
        place = f"{name}, entry {number}"
        image = entry.get("image") if isinstance(entry, dict) else None
        values = entry.get("probabilities") if isinstance(entry, dict) else None
        if not isinstance(image, str) or not isinstance(values, list | dict) or not values:
            raise InputError(f"{place}: it must be an object with `image` and `probabilities`")
        if isinstance(values, dict):
            labels = labels if set(labels) == set(values) else tuple(values)  # in any order
            yield image, labels, [_probability(values[label], place) for label in labels]
        else:
            yield image, (), [_probability(value, place) for value in values]


def _probability(value: Any, place: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not -_ROUNDING <= number <= 1 + _ROUNDING:
        raise InputError(f"{place}: {value!r} is no probability: give numbers from 0 to 1, after the softmax")
    return number


def _assembled(rows: Sequence[Row], folder: Path, name: str) -> ReferenceAnswers:
    if not rows:
        raise InputError(f"{name} holds no answers")
    labels = rows[0][1]
    odd = [row for row in rows if row[1] != labels or len(row[2]) != len(rows[0][2])]
    if odd:
        raise InputError(f"{name}: the answer for {odd[0][0]} has other labels than the first one")
    if len(set(labels)) < len(labels):
        raise InputError(f"{name}: a label stands twice: leave the labels out, in the order of the outputs")
    paths = [_photo(folder, row[0], name) for row in rows]
    kept = list({path: place for place, path in enumerate(paths)}.values())[:MAX_PHOTOS]
    values = np.asarray([rows[place][2] for place in kept], np.float32)
    return ReferenceAnswers(tuple(paths[place] for place in kept), values, labels)


def _photo(folder: Path, image: str, name: str) -> Path:
    path = folder / image
    if not path.is_file():
        raise InputError(f"{name}: no photo {path}: pass --photos with the folder that its paths begin in")
    return path


def largest_difference(
    found: NDArray[np.float32], expected: NDArray[np.float32], columns: Iterable[int]
) -> float:
    """Of probabilities `(N, classes)` from reference answers `(N, columns)`; 1 where one is no number."""
    differences = np.abs(found[:, list(columns)] - expected)
    return float(np.nan_to_num(differences, nan=1.0).max())
