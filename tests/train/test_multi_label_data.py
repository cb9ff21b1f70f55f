"""A folder of images whose labels are in a CSV file."""

from pathlib import Path

import cv2
import pytest

from edgebreed.edge.folder_walk import LeftOut
from edgebreed.errors import DatasetError
from edgebreed.train.dataset import NO_LABEL
from edgebreed.train.multi_label_data import (
    label_rows,
    read_multi_label,
    read_multi_label_images,
    read_multi_label_run,
)

from ..conftest import RED, plain

LINES = ("image,labels,split", "a.png,crack;stain,train", "in/b.png,crack,train", "c.png,,test")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Four images, of which three are in the CSV file."""
    for name in ("a.png", "in/b.png", "c.png", "other.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), plain(RED))
    return tmp_path


def written(root: Path, *lines: str) -> Path:
    """A CSV file of these lines."""
    (root / "labels.csv").write_text("\n".join(lines))
    return root / "labels.csv"


def test_images_have_their_labels_and_their_rarest_one(root: Path) -> None:
    """The rarest decides the split that an image is set aside for; an image without a label has none."""
    data = read_multi_label(root, written(root, *LINES))
    assert (("crack", "stain"), True, True) == (data.classes, data.divided, data.multi_label)
    first, second = data.splits["train"]
    assert ((0, 1), 1, (0,), 0) == (first.labels, first.label, second.labels, second.label)
    (third,) = data.splits["test"]
    assert ((), NO_LABEL, ()) == (third.labels, third.label, third.shown)
    assert {LeftOut.NOT_LISTED: (root / "other.png",)} == data.left_out


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (("image,labels", "gone.png,crack"), "line 2: no file gone.png in"),
        (("image,labels", "a.png,crack", "../a.png,crack"), "line 3: ../a.png: give a path below"),
        (("image,crack,rust", "a.png,1,0"), "no image shows rust: add some, or remove the column"),
        (("image,labels,split", "a.png,crack,test"), "has no row of the split train"),
    ],
)
def test_what_cannot_be_learned_is_refused(root: Path, lines: tuple[str, ...], fault: str) -> None:
    """In one line."""
    with pytest.raises(DatasetError) as error:
        read_multi_label(root, written(root, *lines))
    assert fault in str(error.value)


def test_a_run_finds_its_images_again(root: Path) -> None:
    """With their splits and labels, from the file that it wrote."""
    data = read_multi_label(root, written(root, *LINES))
    (root / "run.csv").write_bytes(label_rows(data))
    again = read_multi_label_run(root, root / "run.csv", data.classes)
    assert data.splits == again.splits
    with pytest.raises(DatasetError, match="other labels than its run: train again"):
        read_multi_label_run(root, root / "run.csv", ("crack", "rust"))


def test_images_to_measure_on_have_the_labels_of_the_model(root: Path) -> None:
    """In its order, by its own names or by those that it shows; the file may lack some of them."""
    path = written(root, "image,Stain,crack", "a.png,1,1", "c.png,0,1")
    classes, shown = ("crack", "rust", "stain"), ("Crack", "Rust", "Stain")
    images = read_multi_label_images(root, path, classes, shown, "test")
    assert [(0, 2), (0,)] == [image.labels for image in images]
    with pytest.raises(DatasetError, match="label Stain, which is none of the 2 of the model: rename"):
        read_multi_label_images(root, path, ("crack", "rust"), ("crack", "rust"), "test")


def test_the_split_that_is_asked_for_is_measured(root: Path) -> None:
    """Those of `train` where there is none, as training sets some of them aside."""
    path, classes = written(root, *LINES), ("crack", "stain")
    names = {
        split: [image.path.name for image in read_multi_label_images(root, path, classes, classes, split)]
        for split in ("test", "valid")
    }
    assert {"test": ["c.png"], "valid": ["a.png", "b.png"]} == names
