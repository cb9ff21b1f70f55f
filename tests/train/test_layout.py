"""Which folders of a data set are splits and classes, and what is in none of them."""

import os
from pathlib import Path

import pytest

from edgebreed.edge.files import mark_output
from edgebreed.errors import DatasetError
from edgebreed.train.layout import read_layout

from ..edge.test_folder_walk import touch


def classes(root: Path, split: str = "train") -> dict[str, list[str]]:
    """The paths below the root of each class of a split."""
    found = read_layout(root).images(split)
    return {name: [path.relative_to(root).as_posix() for path in paths] for name, paths in found.items()}


def left_out(root: Path) -> dict[str, list[str]]:
    """The paths below the root of what is left out, by reason."""
    found = read_layout(root).left_out
    return {
        reason.value: [path.relative_to(root).as_posix() for path in paths] for reason, paths in found.items()
    }


def test_images_in_sub_folders_are_of_the_class(tmp_path: Path) -> None:
    """At any depth, and counted."""
    touch(tmp_path, "a/1.jpg", "a/2024/x/2.jpg", "b/c/3.jpg")
    assert {"a": ["a/1.jpg", "a/2024/x/2.jpg"], "b": ["b/c/3.jpg"]} == classes(tmp_path)
    assert (2, False) == (read_layout(tmp_path).in_sub_folders, read_layout(tmp_path).divided)


def test_every_file_is_an_image_or_listed(tmp_path: Path) -> None:
    """With its reason."""
    touch(
        tmp_path, "train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", "train/b/x.heic", "train/b/x.gz", "LICENSE"
    )
    touch(tmp_path, "train/3.jpg", "extra/4.jpg", "train/a/.DS_Store", "val/Thumbs.db", "runs/x/run.json")
    (tmp_path / "train/a/gone.jpg").symlink_to("nowhere")
    assert {
        "format": ["train/b/x.gz"],
        "heic": ["train/b/x.heic"],
        "hidden": ["train/a/.DS_Store"],
        "output": ["runs/x/run.json"],
        "link": ["train/a/gone.jpg"],
        "loose": ["LICENSE", "train/3.jpg", "val/Thumbs.db"],
        "not_a_split": ["extra/4.jpg"],
    } == left_out(tmp_path)


@pytest.mark.parametrize("name", ["photo.heic", "photo", "video.mp4", "gone.jpg"])
def test_a_class_folder_without_an_image_is_refused(tmp_path: Path, name: str) -> None:
    """Its class would vanish; the message names it, a file and the reason."""
    touch(tmp_path, "a/1.jpg", "b/1.jpg", "c/x/.keep")
    (tmp_path / "c" / "x" / name).symlink_to("nowhere") if name == "gone.jpg" else touch(
        tmp_path, f"c/x/{name}"
    )
    with pytest.raises(DatasetError, match=rf"class folder .*c has no image .*: 1 .*\(x/{name}\); give it"):
        classes(tmp_path)


def test_folders_that_people_put_nothing_into_are_no_classes(tmp_path: Path) -> None:
    """Empty, with what a system leaves, or with what edgebreed wrote."""
    touch(tmp_path, "a/1.jpg", "b/1.jpg", "c/.DS_Store", "d/Thumbs.db", "__MACOSX/._1.jpg", "runs/x/run.json")
    touch(tmp_path, "runs/x/curves.png", ".hidden/1.jpg")
    (tmp_path / "e").mkdir()
    mark_output(tmp_path / "findings")
    touch(tmp_path, "findings/files.jpg")
    assert ["a", "b"] == list(classes(tmp_path))


def test_two_folders_of_one_split_are_refused(tmp_path: Path) -> None:
    """Both are named; the images of one would vanish."""
    for first, second in (("val", "valid"), ("Train", "train"), ("test", "testing")):
        root = tmp_path / first
        touch(root, "train/a/1.jpg", "train/b/1.jpg", f"{first}/a/2.jpg", f"{second}/a/3.jpg")
        with pytest.raises(
            DatasetError, match=f"{first} and .*{second} are both the .* split: merge or rename"
        ):
            read_layout(root)


def test_a_class_may_be_called_like_a_split(tmp_path: Path) -> None:
    """It holds its images itself, or lies in a split folder."""
    touch(tmp_path / "a", "car/1.jpg", "train/1.jpg", "bus/1.jpg")
    assert ["bus", "car", "train"] == list(classes(tmp_path / "a"))
    touch(tmp_path / "b", "train/car/1.jpg", "train/train/2.jpg", "test/train/3.jpg")
    assert {"car": ["train/car/1.jpg"], "train": ["train/train/2.jpg"]} == classes(tmp_path / "b")
    assert {"train": ["test/train/3.jpg"]} == classes(tmp_path / "b", "test")
    touch(tmp_path / "c", "train/1.jpg", "test/1.jpg", "val/1.jpg")
    assert ["test", "train", "val"] == list(classes(tmp_path / "c"))
    touch(tmp_path / "d", "good/1.jpg", "test/tube/1.jpg")
    assert ["good", "test"] == list(classes(tmp_path / "d"))


def test_a_stray_image_in_a_split_folder_makes_it_no_class(tmp_path: Path) -> None:
    """It is listed, whether one split has such an image or each."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "train/sheet.jpg", "test/a/2.jpg")
    assert ["a", "b"] == list(classes(tmp_path))
    touch(tmp_path, "test/sheet.jpg")
    assert {"loose": ["test/sheet.jpg", "train/sheet.jpg"]} == left_out(tmp_path)


def test_unlabelled_images_are_no_split(tmp_path: Path) -> None:
    """As competitions give their test images."""
    touch(tmp_path, "train/a/1.jpg", "train/b/1.jpg", "test/1.jpg", "test/2.jpg")
    assert {"not_a_split": ["test/1.jpg", "test/2.jpg"]} == left_out(tmp_path)
    assert ["train"] == list(read_layout(tmp_path).folders)


def test_names_that_look_the_same_are_one_class(tmp_path: Path) -> None:
    """Archives of macOS take accents apart; in one split both folders are named."""
    touch(tmp_path, "train/caf\u00e9/1.jpg", "train/b/1.jpg", "test/cafe\u0301/2.jpg")
    assert ["caf\u00e9"] == list(classes(tmp_path, "test"))
    touch(tmp_path, "train/cafe\u0301/1.jpg")
    with pytest.raises(
        DatasetError, match=r"cafe\\u0301' and '.*caf\\xe9' have the same name in Unicode: merge"
    ):
        classes(tmp_path)


@pytest.mark.parametrize(
    "name", [os.fsdecode(b"caf\xe9"), "a\nb", "a\tb", "$a", "'\"`", "🐶", "כלב\u202e", "#1", " ", "x" * 255]
)
def test_a_class_may_have_any_name(tmp_path: Path, name: str) -> None:
    """That a file system bears; and its images too."""
    touch(tmp_path, f"{name}/1.jpg", f"b/{name[:251]}.jpg")
    assert {"b": [f"b/{name[:251]}.jpg"], name: [f"{name}/1.jpg"]} == classes(tmp_path)


def test_what_edgebreed_wrote_is_no_data_set(tmp_path: Path) -> None:
    """Answers are drawn on its pictures."""
    mark_output(tmp_path / "saved")
    touch(tmp_path, "saved/a/1.jpg", "saved/b/1.jpg")
    with pytest.raises(DatasetError, match="saved was written by edgebreed: name the folder of the photos"):
        read_layout(tmp_path / "saved")


def test_a_train_folder_beside_classes_is_ambiguous(tmp_path: Path) -> None:
    """Vehicles with kinds of trains, or one split of a data set whose other photos were left beside it?"""
    for name in ("train/steam/1.jpg", "train/diesel/1.jpg", "car/1.jpg", "bus/1.jpg"):
        touch(tmp_path, name)
    with pytest.raises(DatasetError, match="train holds folders of images, and .* beside it hold images"):
        read_layout(tmp_path)
