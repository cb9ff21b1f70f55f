"""Labelled images in folders."""

import json
import os
from pathlib import Path

import pytest

from edgebreed.errors import DatasetError
from edgebreed.train.dataset import (
    NO_LABEL,
    Dataset,
    LabelledImage,
    read_dataset,
    read_labelled,
    strata,
    targets_of,
)

from ..edge.test_folder_walk import touch


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
    with pytest.raises(
        DatasetError,
        match=r"test/z is none of the 2 classes \(.*\): rename the folder to one of them, or move it out",
    ):
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


def test_a_folder_of_a_classs_own_name_is_that_class(tmp_path: Path) -> None:
    """Whatever the classes are shown as: folders 0 to 3 shown as 1 to 4 are what they were in training."""
    touch(tmp_path, *(f"{number}/{number}.jpg" for number in range(4)))
    found = read_labelled(tmp_path, ("0", "1", "2", "3"), ("1", "2", "3", "4"), "test")
    assert [("0.jpg", 0), ("1.jpg", 1), ("2.jpg", 2), ("3.jpg", 3)] == [(i.path.name, i.label) for i in found]
    touch(tmp_path, "4/4.jpg")
    with pytest.raises(DatasetError, match=r"4 is none of the 4 classes \(0, 1, 2, 3\): rename the folder"):
        read_labelled(tmp_path, ("0", "1", "2", "3"), ("1", "2", "3", "4"), "test")


def test_a_label_of_two_classes_names_no_folder(tmp_path: Path) -> None:
    """Nobody knows which of them it is; by their own names both are read."""
    names = ("tabby", "siamese", "pug"), ("cat", "cat", "pug")
    touch(tmp_path / "a", "cat/1.jpg")
    with pytest.raises(DatasetError, match="cat means 2 classes: name folders by the classes' own names"):
        read_labelled(tmp_path / "a", *names, "test")
    touch(tmp_path / "b", "tabby/1.jpg", "siamese/1.jpg")
    assert {0, 1} == {image.label for image in read_labelled(tmp_path / "b", *names, "test")}


def test_what_is_not_measured_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In one line, without hidden files."""
    touch(tmp_path, "a/1.jpg", "a/2.heic", "a/.x", "b/1.jpg")
    assert 2 == len(read_labelled(tmp_path, ("a", "b"), ("a", "b"), "test"))
    assert [f"left out in {tmp_path}: 1 in HEIC: convert to JPEG (a/2.heic)"] == caplog.messages


def test_a_split_that_was_set_aside_is_looked_for_in_train(tmp_path: Path) -> None:
    """Only if asked for; else the folder's splits are named."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "val/b/2.jpg")
    names = ("a", "b"), ("a", "b")
    assert 2 == len(read_labelled(tmp_path, *names, "test", set_aside=True))
    assert 1 == len(read_labelled(tmp_path, *names, "valid", set_aside=True))
    with pytest.raises(DatasetError, match="has no test folder: pass --split train or valid"):
        read_labelled(tmp_path, *names, "test")


def test_splits_without_train_are_refused(tmp_path: Path) -> None:
    """They would be classes; to measure on they are splits."""
    touch(tmp_path, "test/a/1.jpg", "test/b/1.jpg", "valid/a/1.jpg")
    with pytest.raises(DatasetError, match="has test, valid but no train folder: a model learns from"):
        read_dataset(tmp_path)
    assert 2 == len(read_labelled(tmp_path, ("a", "b"), ("a", "b"), "test"))


@pytest.mark.parametrize(
    "name", [os.fsdecode(b"caf\xe9"), "a\nb", "a\tb", "$a", "'\"", "🐶\u202e", "#1", " "]
)
def test_any_name_survives_being_written_down(tmp_path: Path, name: str) -> None:
    """As a class and as a file, through JSON."""
    touch(tmp_path, f"train/{name}/{name}.jpg", "train/b/1.jpg")
    data = read_dataset(tmp_path)
    (tmp_path / "splits.json").write_text(json.dumps(data.to_dict()))
    written = json.loads((tmp_path / "splits.json").read_text())
    assert data == Dataset.from_dict(tmp_path, data.classes, written)


def test_a_data_set_says_what_it_lacks(tmp_path: Path) -> None:
    """Splits, and files that are not read."""
    touch(tmp_path, "train/a/1.jpg", "train/b/s/1.jpg", "val/b/2.jpg", "README.md")
    data = read_dataset(tmp_path)
    assert (("test",), 1, [tmp_path / "README.md"]) == (
        data.missing_splits,
        data.in_sub_folders,
        [path for paths in data.left_out.values() for path in paths],
    )


def test_targets_are_indices_or_a_row_of_labels_an_image() -> None:
    """As scikit-learn has them too."""
    single = [LabelledImage(Path("a"), 1), LabelledImage(Path("b"), 0)]
    assert [1, 0] == targets_of(single, 3).tolist()
    several = [LabelledImage(Path("a"), 2, (0, 2)), LabelledImage(Path("b"), NO_LABEL, ())]
    assert [[1, 0, 1], [0, 0, 0]] == targets_of(several, 3).tolist()


def test_strata_are_the_classes_or_the_rarest_labels() -> None:
    """Images without a label are one of them."""
    images = [LabelledImage(Path("a"), 1), LabelledImage(Path("b"), 0), LabelledImage(Path("c"), 1)]
    assert [["b"], ["a", "c"]] == [[one.path.name for one in group] for group in strata(images)]
    none = LabelledImage(Path("d"), NO_LABEL, ())
    assert [[none], [images[1]]] == strata([images[1], none])
