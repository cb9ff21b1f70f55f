"""What the original program answered, as files have it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgebreed.errors import InputError
from edgebreed.export.importer.reference_answers import (
    MAX_PHOTOS,
    ReferenceAnswers,
    largest_difference,
    read_reference,
)

ROWS = {f"p{number}.jpg": [number / 20, 1 - number / 20] for number in range(16)}
EXPECTED = np.array(list(ROWS.values()), np.float32)
HEADER = "image,ash,elm"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A folder with the photos, which are not opened."""
    for name in ROWS:
        (tmp_path / name).touch()
    return tmp_path


def csv_of(header: str = HEADER, rows: dict[str, Any] = ROWS, more: str = "") -> str:
    """A CSV file's text."""
    lines = [",".join(map(str, (name, *values))) for name, values in rows.items()]
    return "\n".join([header, *lines, more])


def entries(values: list[Any]) -> list[dict[str, Any]]:
    """A list as in JSON, of one answer for each photo."""
    return [{"image": name, "probabilities": each} for name, each in zip(ROWS, values, strict=True)]


OBJECTS = [dict(zip(("ash", "elm"), values, strict=True)) for values in ROWS.values()]
OBJECTS[3] = dict(reversed(OBJECTS[3].items()))  # in another order


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (csv_of(), ("ash", "elm")),
        (csv_of(" File , ash , elm "), ("ash", "elm")),
        (csv_of("path,0,1", more="\n\n"), ()),
        ("\ufeff" + csv_of(), ("ash", "elm")),
        (csv_of().replace("\n", "\r\n"), ("ash", "elm")),
        (json.dumps(entries(list(ROWS.values()))), ()),
        (json.dumps(entries(OBJECTS)), ("ash", "elm")),
        (json.dumps(ROWS), ()),
        (json.dumps(dict(zip(ROWS, OBJECTS, strict=True))), ("ash", "elm")),
    ],
)
def test_csv_and_json_are_read(text: str, labels: tuple[str, ...], folder: Path) -> None:
    """With named columns or without, in the order of the first answer."""
    path = folder / "answers"
    path.write_text(text, encoding="utf-8")
    found = read_reference(path)
    assert [folder / name for name in ROWS] == list(found.paths)
    assert np.array_equal(EXPECTED, found.probabilities)
    assert labels == found.labels


def test_photos_may_lie_in_another_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`--photos` names it; without, that of the file is meant."""
    path = tmp_path_factory.mktemp("elsewhere") / "answers.csv"
    path.write_text(csv_of())
    assert folder / "p0.jpg" == read_reference(path, folder).paths[0]
    with pytest.raises(InputError, match=r"no photo .*p0\.jpg: pass --photos with the folder that its paths"):
        read_reference(path)


def test_of_a_photo_that_stands_twice_the_last_answer_counts(folder: Path) -> None:
    """Sixteen different photos are needed, and a thousand are looked at."""
    path = folder / "answers.csv"
    path.write_text(csv_of(more="p0.jpg,1,0"))
    found = read_reference(path)
    assert (16, [1.0, 0.0]) == (len(found.paths), found.probabilities[0].tolist())
    path.write_text(csv_of(rows={name: ROWS[name] for name in list(ROWS)[:15]}, more="p0.jpg,1,0"))
    with pytest.raises(InputError, match="answers 15 photos: at least 16 different ones are needed"):
        read_reference(path)
    many = {f"p{number:04}.jpg": [0, 1] for number in range(MAX_PHOTOS + 1)}
    for name in many:
        (folder / name).touch()
    path.write_text(csv_of(rows=many))
    assert MAX_PHOTOS == len(read_reference(path).paths)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "its first line must be `image,LABEL,LABEL,...`"),
        ("ash,elm\n0.1,0.9", "its first line must be"),
        ("image\np0.jpg", "its first line must be"),
        (HEADER, "holds no answers"),
        (csv_of(more="p0.jpg,1"), "line 18: 2 fields, the first line has 3"),
        (csv_of(more="p0.jpg,4.5,-3"), "line 18: '4.5' is no probability: .* after the softmax"),
        (csv_of(more="p0.jpg,nan,1"), "line 18: 'nan' is no probability"),
        (csv_of(more="p0.jpg,x,1"), "line 18: 'x' is no probability"),
        (csv_of(more="p99.jpg,0,1"), r"no photo .*p99\.jpg"),
        (csv_of(more="\0,0,1"), "is no text"),
        (csv_of("image,ash,ash"), "a label stands twice: leave the labels out"),
        ("[1", "is no JSON: "),
        ("[" * 100_000, "is no JSON: "),
        ("[]", "holds no answers"),
        ("[3]", "entry 0: it must be an object with `image` and `probabilities`"),
        ('[{"image": "p0.jpg", "probabilities": []}]', "entry 0: it must be"),
        ('[{"image": "p0.jpg", "probabilities": [[1]]}]', r"entry 0: \[1\] is no probability"),
        ('{"p0.jpg": {"ash": null}}', "entry 0: None is no probability"),
        (json.dumps({"p0.jpg": [0, 1], "p1.jpg": [1]}), "p1.jpg has other labels than the first one"),
        (json.dumps({"p0.jpg": {"ash": 1}, "p1.jpg": {"elm": 1}}), "p1.jpg has other labels than"),
        (json.dumps({"p0.jpg": {"ash": 1}, "p1.jpg": [1]}), "p1.jpg has other labels than"),
    ],
)
def test_a_wrong_file_is_refused_by_its_place(text: str, reason: str, folder: Path) -> None:
    """In one line that begins with the option."""
    path = folder / "answers"
    path.write_text(text)
    with pytest.raises(InputError, match=reason) as caught:
        read_reference(path)
    assert str(caught.value).startswith(f"--reference {path}")
    assert "\n" not in str(caught.value)


def answers(columns: int, labels: tuple[str, ...] = ()) -> ReferenceAnswers:
    """Answers of so many columns."""
    return ReferenceAnswers((Path("p"),), np.zeros((1, columns), np.float32), labels)


def test_columns_are_outputs() -> None:
    """All in order without names, by their names in any order, and some of them alone."""
    labels = ("ash", "elm", "oak")
    assert [0, 1, 2] == answers(3).columns(labels)
    assert [2, 0, 1] == answers(3, ("oak", "ash", "elm")).columns(labels)
    assert [1] == answers(1, ("elm",)).columns(labels)
    assert [0, 1] == answers(2, ("ash", "ash")).columns(("ash", "ash"))


@pytest.mark.parametrize(
    ("columns", "names", "reason"),
    [
        (2, (), "--reference has 2 probabilities a photo and the model 3 classes: give one a class"),
        (1, ("yew",), "--reference has a column 'yew', and the model's labels are ash, elm, elm: name"),
        (1, ("elm",), "--reference has a column 'elm'"),
    ],
)
def test_columns_that_are_no_output_are_refused(columns: int, names: tuple[str, ...], reason: str) -> None:
    """Also where two outputs bear the name."""
    with pytest.raises(InputError, match=reason):
        answers(columns, names).columns(("ash", "elm", "elm"))


def test_the_largest_difference_is_over_photos_and_columns() -> None:
    """Of the columns that there are; what is no number is as far off as can be."""
    found = np.array([[0.1, 0.9, 0.5], [0.2, 0.8, 0.5]], np.float32)
    expected = np.array([[0.9, 0.1], [0.5, 0.2]], np.float32)
    assert 0.3 == pytest.approx(largest_difference(found, expected, [1, 0]), abs=1e-6)
    found[0, 0] = np.nan
    assert 1.0 == largest_difference(found, expected, [1, 0])
