"""Names of classes as other programs write them: one a line, JSON, or what Python prints."""

import ast
import json
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgebreed.edge.json_fields import SHORT, control_characters
from edgebreed.edge.manifest import MAX_CLASSES
from edgebreed.edge.text import read_text
from edgebreed.errors import InputError

BACKGROUND = "background"
IMAGENET = 1000  # classes; networks of TensorFlow's older model zoo have a background class before them
_MOST_TEXT = 1 << 24  # characters
_NUMBERED = re.compile(r"(\d{1,9})(?:\s*([:,])\s*|\s+)(\S.*)")
"""A line such as `0 Cat`, `0: Cat` or `0,Cat`."""


def read_labels(path: Path) -> tuple[str, ...]:
    """The labels of a file, in the order of a model's output.

    Args:
        path: see `parse_labels` for its forms, and `edgebreed.edge.text.read_text` for its encodings.

    Raises:
        InputError: it cannot be read, or holds no list of labels.
    """
    text = read_text(path, f"--labels {path}")
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # what `read_text` makes of other bytes
        raise InputError(f"{path} is no UTF-8: save it as UTF-8")
    try:
        return parse_labels(text)
    except ValueError as error:
        raise InputError(f"{path} is no list of labels ({error}): give one a line") from error


def fit_labels(labels: Sequence[str], outputs: int) -> tuple[tuple[str, ...], str]:
    """Labels for each output of a model, and what was changed for that, which is mostly nothing.

    Networks for ImageNet have 1,000 classes or 1,001, of which the first is the background, and lists of
    labels are passed from one kind to the other.

    Args:
        labels: in the order of the output.
        outputs: number of the model's classes.

    Raises:
        InputError: there are more or fewer labels than outputs.
    """
    if len(labels) == outputs:
        return tuple(labels), ""
    if (len(labels), outputs) == (IMAGENET, IMAGENET + 1):
        return (BACKGROUND, *labels), f"{BACKGROUND!r} was put before the {IMAGENET:,} labels"
    if len(labels) == outputs + 1 and labels[0].lower() == BACKGROUND:
        return tuple(labels[1:]), f"the first label, {labels[0]!r}, was left out"
    raise InputError(
        f"{len(labels):,} {_labels(len(labels))} for a model of {outputs:,} {_classes(outputs)}: "
        f"pass --labels with a file of {outputs:,}, one a line in the order of the output"
    )


def parse_labels(text: str) -> tuple[str, ...]:
    """Labels of a text, in the order of a model's output.

    It may be a list or an object in JSON, or as Python prints it; lines, which may bear their numbers from 0;
    or one line with semicolons between the labels, as NVIDIA DeepStream reads it.

    Raises:
        ValueError: it is none of these, or something in it is no label.
    """
    _bounded(text)
    stripped = text.replace("\t", " ").strip()
    data = literal(stripped) if stripped[:1] in ("[", "{", "(") else None
    return _of_lines(stripped) if data is None else labels_of(data)


def labels_of(data: object) -> tuple[str, ...]:
    """Labels of a list, or of an object that maps numbers from 0 to labels, or labels to these.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(data, dict):
        data = _by_number(data)
    if not isinstance(data, list | tuple):
        raise ValueError(f"{type(data).__name__} where a list or an object is allowed")  # noqa: TRY004  # of a file
    if not 1 <= len(data) <= MAX_CLASSES:
        raise ValueError(f"{len(data):,} labels: 1 to {MAX_CLASSES:,} are allowed")
    return tuple(_label(at, item) for at, item in enumerate(data))


def numbered_labels(text: str) -> tuple[str, ...] | None:
    """Labels of lines that bear their numbers from 0, or from 1 with a colon or a comma; else None.

    Raises:
        ValueError: something is no label.
    """
    lines = [_NUMBERED.fullmatch(line.strip()) for line in text.strip().split("\n")]
    numbers = [int(line[1]) if line else None for line in lines]
    from_one = numbers == list(range(1, len(lines) + 1)) and all(line and line[2] for line in lines)
    if numbers != list(range(len(lines))) and not from_one:  # "1 star" is a label, "1: star" is none
        return None
    return labels_of([line[3] for line in lines if line])


def literal(text: str) -> Any:
    """JSON, or a list or dict of Python; else None, as a label may begin with a bracket.

    Raises:
        ValueError: the text is too long.
    """
    _bounded(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what looks like an escape in a label
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _bounded(text: str) -> None:
    if len(text) > _MOST_TEXT:
        raise ValueError(f"{len(text):,} characters: at most {_MOST_TEXT:,} are allowed")


def _of_lines(text: str) -> tuple[str, ...]:
    lines = _unquoted([line.strip() for line in text.split("\n")])
    if len(lines) == 1 and ";" in text:
        lines = [part.strip() for part in text.strip(";").split(";")]
    return numbered_labels("\n".join(lines)) or labels_of(lines)


def _unquoted(lines: list[str]) -> list[str]:
    """Lines without the quotes, or the dashes of YAML, that all of them have."""
    if all(line.startswith("- ") for line in lines):
        lines = [line[2:].strip() for line in lines]
    quoted = all(len(line) > 1 and line[0] == line[-1] and line[0] in "'\"" for line in lines)
    return [line[1:-1] for line in lines] if quoted else lines


def _by_number(data: dict[Any, Any]) -> list[Any]:
    """The labels of an object in the order of their numbers, which are its keys or its values."""
    by_key = {number: value for key, value in data.items() if (number := _whole(key)) is not None}
    by_value = {number: key for key, value in data.items() if (number := _whole(value)) is not None}
    for found in (by_key, by_value):
        if found.keys() == set(range(len(data))):
            return [found[number] for number in range(len(data))]
    raise ValueError(f"an object whose keys or values are not the numbers from 0 to {len(data) - 1:,}")


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _label(at: int, item: object) -> str:
    """A label; of a pair such as Keras's `["n02085620", "Chihuahua"]`, the second."""
    if isinstance(item, list | tuple) and len(item) == 2:
        item = item[1]
    if isinstance(item, int) and not isinstance(item, bool):
        item = str(item)
    if not isinstance(item, str) or not 1 <= len(item) <= SHORT:
        raise ValueError(f"label {at} is {item!a:.80}: a text of 1 to {SHORT} characters is allowed")
    if control := control_characters(item):
        raise ValueError(
            f"label {at} is {item!a:.80}: control characters such as {control[0]!a} are not allowed"
        )
    return item


def _labels(count: int) -> str:
    return "label" if count == 1 else "labels"


def _classes(count: int) -> str:
    return "class" if count == 1 else "classes"
