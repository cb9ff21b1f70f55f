"""Labelled images in folders."""

from pathlib import Path

import pytest

from edgebreed.errors import DatasetError
from edgebreed.train.dataset import Dataset, read_dataset, read_labelled


def touch(root: Path, *names: str) -> None:
    """Empty files with these names."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_splits_and_classes_are_folders(tmp_path: Path) -> None:
    """`val` and `valid` are the same split."""
    touch(tmp_path, "train/cat/1.jpg", "train/cup/1.jpg", "val/cup/2.jpg", "test/cat/3.jpg")
    data = read_dataset(tmp_path)
    assert ("cat", "cup") == data.classes
    assert [("2.jpg", 1)] == [(image.path.name, image.label) for image in data.images("valid")]


def test_stray_files_and_empty_folders_shift_no_class(tmp_path: Path) -> None:
    """Each of them would move every later class by one."""
    touch(tmp_path, "train/.DS_Store", "train/b/1.jpg", "train/c/1.jpg", "train/c/notes.txt")
    touch(tmp_path, "train/.ipynb_checkpoints/1-checkpoint.jpg")
    (tmp_path / "train" / "a").mkdir()
    assert ("b", "c") == read_dataset(tmp_path).classes


def test_a_data_set_survives_being_written_down(tmp_path: Path) -> None:
    """And says so when an image is missing."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "test/b/2.jpg")
    data = read_dataset(tmp_path)
    assert data == Dataset.from_dict(tmp_path, data.classes, data.to_dict())
    (tmp_path / "test" / "b" / "2.jpg").unlink()
    with pytest.raises(
        DatasetError, match=r"test/b/2\.jpg and 0 more images of the run are missing: pass --data"
    ):
        Dataset.from_dict(tmp_path, data.classes, data.to_dict())


@pytest.mark.parametrize(
    ("names", "message"), [((), "holds no image"), (("a/1.jpg",), r"holds one class \(a\)")]
)
def test_fewer_than_two_classes_are_refused(tmp_path: Path, names: tuple[str, ...], message: str) -> None:
    """The message says what a classifier needs."""
    touch(tmp_path, *names)
    with pytest.raises(DatasetError, match=message + ": a classifier needs two or more folders"):
        read_dataset(tmp_path)


def test_a_class_that_training_lacks_is_named(tmp_path: Path) -> None:
    """The model has no output for it."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "test/z/1.jpg")
    with pytest.raises(DatasetError, match="test/z is none of the 2 classes: rename or remove"):
        read_dataset(tmp_path)


def test_an_empty_split_is_named(tmp_path: Path) -> None:
    """With the splits that are not empty."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg")
    with pytest.raises(DatasetError, match="has no valid images: it has train"):
        read_dataset(tmp_path).images("valid")


def test_images_can_be_left_out_by_name(tmp_path: Path) -> None:
    """A name that is none of them is an error, and not ignored."""
    touch(tmp_path, "train/a/1.jpg", "train/a/2.jpg", "train/b/1.jpg")
    data = read_dataset(tmp_path)
    assert ["2.jpg", "1.jpg"] == [
        image.path.name for image in data.without({"train/a/1.jpg"}).images("train")
    ]
    with pytest.raises(DatasetError, match=r"train/a/9\.jpg is no image"):
        data.without({"train/a/9.jpg"})


def test_folders_may_have_the_shown_labels(tmp_path: Path) -> None:
    """Folders called grinder and Grinding Machine are the same class."""
    touch(tmp_path / "a", "grinder/1.jpg", "lathe/1.jpg")
    touch(tmp_path / "b", "Grinding Machine/1.jpg")
    names = ("grinder", "lathe"), ("Grinding Machine", "The Lathe")
    assert [0, 1] == [image.label for image in read_labelled(tmp_path / "a", *names, "test")]
    assert [0] == [image.label for image in read_labelled(tmp_path / "b", *names, "test")]
