"""A data set made ready to be learned."""

import shutil
from pathlib import Path

import pytest

from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import Arch, TrainConfig
from edgebreed.train.dataset import Dataset, LabelledImage
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
