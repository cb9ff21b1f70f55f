"""Labels of images in a CSV file."""

from pathlib import Path

import pytest

from edgebreed.errors import DatasetError, InputError
from edgebreed.train.label_table import LabelTable, read_label_table, write_label_table


def table(tmp_path: Path, *lines: str) -> LabelTable:
    """What a file of these lines says."""
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_label_table(path)


@pytest.mark.parametrize(
    "lines",
    [
        ("image,labels", "a.png,stain;crack", "b.png,", "c.png, crack "),
        ("image,labels", "a.png,crack|stain", "b.png,", "", "c.png,crack"),
        ("image,crack,stain", "a.png,1,1", "b.png,0,0", "c.png,1.0,0.0"),
        ("\ufeffIMAGE , crack, stain", '"a.png",1,1', "b.png,0,0", "c.png,1,0"),
    ],
)
def test_both_forms_say_the_same(tmp_path: Path, lines: tuple[str, ...]) -> None:
    """Listed labels and a column a label; blank lines and blanks around cells do not count."""
    read = table(tmp_path, *lines)
    assert ("crack", "stain") == read.labels
    assert [("a.png", {"crack", "stain"}), ("b.png", set()), ("c.png", {"crack"})] == [
        (row.image, set(row.labels)) for row in read.rows
    ]
    assert not read.divided


def test_a_column_may_say_the_split(tmp_path: Path) -> None:
    """By the names that folders may have too."""
    read = table(tmp_path, "split,image,labels", "train,a.png,crack", "Val,b.png,", "testing,c.png,")
    assert ["train", "valid", "test"] == [row.split for row in read.rows]
    assert read.divided


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (("image,labels", "a.png,crack", "a.png,"), "line 3: a.png stands in line 2 too: keep one"),
        (("image,labels,split", "a.png,crack,dev"), "line 2: split 'dev': give train, valid or test"),
        (("image,labels,split", "a.png,crack,"), "line 2: split '': give train, valid or test"),
        (("image,crack", "a.png,nan"), "line 2: crack is 'nan': give 0 or 1"),
        (("image,crack", "a.png,"), "line 2: crack is '': give 0 or 1"),
        (("image,crack", "a.png,0.7"), "line 2: crack is '0.7': give 0 or 1"),
        (("image,crack", "a.png,1,0"), "line 2: 3 cells under 2 columns"),
        (("image,crack", ",1"), "line 2: no image in the column `image`"),
        (("file,labels", "a.png,crack"), "line 1: no column `image`, but file, labels"),
        (("image,split", "a.png,train"), "line 1: no column of labels: give `labels`, or one a label"),
        (("image,labels,crack", "a.png,crack,1"), "line 1: a column `labels` and a column 'crack'"),
        (("image,crack,crack", "a.png,1,1"), "line 1: two columns are called 'crack'"),
        (("image,labels", 'a.png,"crack'), "no CSV"),
        (("image,labels", "a.png,"), "no image has a label"),
        (("image,cra\x07ck", "a.png,1"), "a label with control characters, or no UTF-8: rename it"),
        (("image,", "a.png,1"), "a label without a name: rename it"),
        (("image,labels",), "has no row: give one an image"),
        (("",), "is empty: give a column `image`"),
    ],
)
def test_a_fault_is_one_line_with_its_number(tmp_path: Path, lines: tuple[str, ...], fault: str) -> None:
    """Before anything is learned."""
    with pytest.raises(DatasetError) as error:
        table(tmp_path, *lines)
    assert fault in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """As a spreadsheet's own format is none."""
    (tmp_path / "labels.xlsx").write_bytes(b"PK\0\0")
    with pytest.raises(InputError, match="is no text: save it as UTF-8"):
        read_label_table(tmp_path / "labels.xlsx")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Names with commas and quotes, and names of files that are no UTF-8."""
    rows = [('a "b",c.png', "train", (1,)), ("caf\udce9.png", "test", (0, 1)), ("d.png", "valid", ())]
    path = tmp_path / "labels.csv"
    path.write_bytes(write_label_table(("crack, old", "stain"), rows))
    read = read_label_table(path)
    assert ("crack, old", "stain") == read.labels
    assert [(image, split) for image, split, _ in rows] == [(row.image, row.split) for row in read.rows]
    assert [{"stain"}, {"crack, old", "stain"}, set()] == [set(row.labels) for row in read.rows]
