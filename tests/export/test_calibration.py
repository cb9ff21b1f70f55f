"""Which images the quantizer sees."""

import functools
import shutil
from collections import Counter
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.export.calibration import choose_images
from edgebreed.train.dataset import Dataset, read_dataset
from edgebreed.train.feature_cache import digest_of


@pytest.fixture
def data(small_data: Path) -> Dataset:
    """Three classes, 12 training images each."""
    return read_dataset(small_data)


def test_training_images_are_chosen_balanced_over_the_classes(data: Dataset) -> None:
    """The same for the same seed, others for another."""
    chosen = choose_images(data, 9, seed=0)
    assert {"disc": 3, "square": 3, "star": 3} == Counter(path.parent.name for path in chosen.paths)
    assert {"train"} == {path.parent.parent.name for path in chosen.paths}
    assert chosen == choose_images(data, 9, seed=0)
    assert chosen.paths != choose_images(data, 9, seed=1).paths


def test_where_there_are_fewer_images_all_are_used(data: Dataset) -> None:
    """The manifest says how many, and has a digest over their contents."""
    chosen = choose_images(data, 300, seed=0)
    described = chosen.describe()
    assert ("train", 36, 64) == (described.photos, described.n, len(described.sha256))
    assert described.sha256 != choose_images(data, 35, seed=0).describe().sha256


def test_a_training_image_that_repeats_a_test_image_is_left_out(data: Dataset, tmp_path: Path) -> None:
    """By content, whatever its name."""
    shutil.copytree(data.root, tmp_path / "data")
    leaked = tmp_path / "data" / "train" / "disc" / "leaked.png"
    shutil.copy(next((tmp_path / "data" / "test" / "disc").iterdir()), leaked)
    chosen = choose_images(read_dataset(tmp_path / "data"), 300, seed=0)
    assert 36 == len(chosen.paths)
    assert leaked not in chosen.paths


@pytest.mark.parametrize("split", ["valid", "test"])
def test_a_folder_with_a_measured_image_is_refused(data: Dataset, tmp_path: Path, split: str) -> None:
    """A copy under another name is still that image; the message has its name."""
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(next((data.root / "train" / "star").iterdir()), folder / "a.png")
    shutil.copy(next((data.root / split / "star").iterdir()), folder / "b.png")
    with pytest.raises(
        InputError, match=rf"mine/b\.png is a {split} image of the run: .*take it out of --cal"
    ):
        choose_images(data, 300, seed=0, folder=folder)


def test_a_folder_of_other_images_is_used(data: Dataset, tmp_path: Path) -> None:
    """As many as asked for; the manifest has the folder's name."""
    shutil.copytree(data.root / "train" / "star", tmp_path / "stars")
    chosen = choose_images(data, 5, seed=0, folder=tmp_path / "stars")
    assert ("stars", 5) == (chosen.origin, len(chosen.paths))


def test_no_file_is_read_twice(data: Dataset) -> None:
    """A digest that the caller already has is used for the choice and for the description."""
    asked = list[Path]()

    def digest(path: Path) -> str:
        asked.append(path)
        return digest_of(path)

    chosen = choose_images(data, 9, seed=0, digest=functools.cache(digest))
    assert len(asked) == len(set(asked)) == 2 * 12 + 9
    assert chosen.describe() == chosen.describe(digest)
