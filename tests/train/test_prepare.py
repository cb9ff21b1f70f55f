"""A data set made ready to be learned."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledImage, read_dataset
from edgebreed.train.prepare import divide, prepare


def whole(count: int) -> Dataset:
    """Two classes of this many images each, not divided yet."""
    images = tuple(
        LabelledImage(Path(f"/d/{name}/{number}.jpg"), label)
        for label, name in enumerate("ab")
        for number in range(count)
    )
    return Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": (), "test": ()}, divided=False)


def test_splits_are_stratified_disjoint_and_the_same_every_time() -> None:
    """By the seed."""
    first, again, other = (divide(whole(20), [], seed) for seed in (1, 1, 2))
    assert first == again != other
    assert {"train": 32, "valid": 4, "test": 4} == {
        name: len(images) for name, images in first.splits.items()
    }
    assert 40 == len({image.path for images in first.splits.values() for image in images})
    assert [2, 2] == [sum(image.label == label for image in first.images("test")) for label in (0, 1)]


def test_images_that_look_the_same_stay_in_one_split() -> None:
    """Also across classes, where one of the two labels is wrong."""
    similar = [
        [Path(f"/d/a/{number}.jpg") for number in range(6)],
        [Path(f"/d/b/{number}.jpg") for number in range(2)],
        [Path("/d/a/7.jpg"), Path("/d/b/7.jpg")],
    ]
    for seed in range(20):
        parts = divide(whole(20), similar, seed)
        split = {image.path: name for name, images in parts.splits.items() for image in images}
        assert [1, 1, 1] == [len({split[path] for path in group}) for group in similar]


def test_small_classes_stay_whole() -> None:
    """Two images are too few to divide."""
    assert (4, 0) == tuple(len(divide(whole(2), [], 0).splits[name]) for name in ("train", "test"))


def test_a_class_without_training_images_is_named(small_data: Path, tmp_path: Path) -> None:
    """Its images are broken: the network would have an output that it never learned."""
    data = tmp_path / "data"
    shutil.copytree(small_data, data)
    for path in (data / "train" / "star").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DatasetError, match="class star of .* has no training image left"):
        prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, data))


def test_too_few_negatives_are_refused(small_data: Path, tmp_path: Path) -> None:
    """Each of five folds needs one."""
    negatives = tmp_path / "few"
    negatives.mkdir()
    for path in list((small_data / "test" / "disc").iterdir())[:4]:
        shutil.copy(path, negatives)
    config = TrainConfig(tmp_path, tmp_path, Arch.TRANSFER, small_data, negatives=negatives)
    with pytest.raises(InputError, match="few holds 4 images: the threshold of 'unknown' takes 5 or more"):
        prepare(config)


def test_a_missing_test_split_is_set_aside_from_train() -> None:
    """A tenth of each class, the same every time; the validation split stays as it is."""
    images = whole(40).splits["train"]
    valid = tuple(replace(image, path=image.path.with_suffix(".png")) for image in images[:10])
    data = Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": valid, "test": ()})
    first, again = divide(data, [], 1), divide(data, [], 1)
    assert first == again
    assert [72, 10, 8] == [len(first.splits[name]) for name in ("train", "valid", "test")]
    assert valid == first.splits["valid"]
    assert [4, 4] == [sum(image.label == label for image in first.images("test")) for label in (0, 1)]
    assert set(images) == {*first.images("train"), *first.images("test")}


def test_what_looks_like_another_split_is_not_set_aside() -> None:
    """The model learns validation's images too, so it would be tested on what it knows."""
    images = whole(20).splits["train"]
    valid = (LabelledImage(Path("/d/v.jpg"), 0),)
    data = Dataset(Path("/d"), ("a", "b"), {"train": images, "valid": valid, "test": ()})
    similar = [[Path("/d/a/1.jpg"), Path("/d/a/2.jpg"), Path("/d/v.jpg")]]
    for seed in range(20):
        assert not {*similar[0]} & {image.path for image in divide(data, similar, seed).images("test")}


def test_a_set_without_a_test_folder_is_prepared(small_data: Path, tmp_path: Path) -> None:
    """It says how many images were set aside; with all folders, none are and no image moves."""
    shutil.copytree(small_data, tmp_path / "data")
    config = TrainConfig(
        tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data", keep_duplicates=True
    )
    assert {} == prepare(config).set_aside
    assert read_dataset(tmp_path / "data").splits == prepare(config).data.splits
    shutil.rmtree(tmp_path / "data" / "test")
    prepared = prepare(config)
    assert ({"test": 3}, 3, 12) == (prepared.set_aside, *(len(prepared.files[s]) for s in ("test", "valid")))


def test_too_few_images_to_set_aside_are_refused(small_data: Path, tmp_path: Path) -> None:
    """Before anything is fitted."""
    for path in [
        path for name in ("disc", "star") for path in sorted((small_data / "train" / name).iterdir())[:2]
    ]:
        (tmp_path / "data" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "data" / path.parent.name)
    with pytest.raises(DatasetError, match="no valid images.* valid folder"):
        prepare(TrainConfig(tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data"))


def test_a_class_name_that_no_model_holds_is_refused(small_data: Path, tmp_path: Path) -> None:
    """At the start; a file of such a name is learned."""
    shutil.copytree(small_data, tmp_path / "data")
    disc = tmp_path / "data" / "train" / "disc"
    next(disc.iterdir()).rename(disc / os.fsdecode(b"caf\xe9.png"))
    config = TrainConfig(
        tmp_path / "r", tmp_path / "c", Arch.SCRATCH, tmp_path / "data", keep_duplicates=True
    )
    assert 36 == len(prepare(config).files["train"])
    for split in ("train", "valid", "test"):
        (tmp_path / "data" / split / "disc").rename(tmp_path / "data" / split / os.fsdecode(b"caf\xe9"))
    with pytest.raises(
        DatasetError, match=r"class folder 'caf\\udce9' of .*: its name is no UTF-8, .*rename"
    ):
        prepare(config)


def test_excluded_images_are_of_the_data_set_or_negatives(small_data: Path, tmp_path: Path) -> None:
    """Of both where both have the name; one of neither is an error."""
    shutil.copytree(small_data, tmp_path / "data")
    for split in ("train", "valid", "test"):
        (tmp_path / "data" / split / "disc").rename(tmp_path / "data" / split / "#1 disc")
    shutil.copytree(small_data / "test" / "star", tmp_path / "none" / "train" / "#1 disc")
    shutil.copytree(small_data / "test" / "disc", tmp_path / "none" / "more")
    for folder in (tmp_path / "data", tmp_path / "none"):
        shutil.copy(
            next((small_data / "valid" / "star").iterdir()), folder / "train" / "#1 disc" / "both.png"
        )
    (tmp_path / "list.txt").write_text("# both\ntrain/#1 disc/both.png\n")
    config = TrainConfig(
        tmp_path / "r",
        tmp_path / "c",
        Arch.TRANSFER,
        tmp_path / "data",
        negatives=tmp_path / "none",
        exclude=tmp_path / "list.txt",
        keep_duplicates=True,
    )
    files = prepare(config).files
    assert "both.png" not in {path.name for split in ("train", "negatives") for path in files[split]}
    (tmp_path / "list.txt").write_text("train/#1 disc/gone.png\n#2 disc\n")
    with pytest.raises(DatasetError, match="train/#1 disc/gone.png is no image of"):
        prepare(config)
