"""Which photos the quantizer sees."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from edgebreed.errors import InputError
from edgebreed.export.calibration import choose_photos
from edgebreed.train.dataset import Dataset, read_dataset


@pytest.fixture
def data(small_data: Path) -> Dataset:
    """Three classes, 12 training photos each."""
    return read_dataset(small_data)


def test_training_photos_by_turns_of_the_classes(data: Dataset) -> None:
    """As many of each, the same for the same seed, others for another."""
    chosen = choose_photos(data, 9, seed=0)
    assert {"disc": 3, "square": 3, "star": 3} == Counter(path.parent.name for path in chosen.paths)
    assert {"train"} == {path.parent.parent.name for path in chosen.paths}
    assert chosen == choose_photos(data, 9, seed=0)
    assert chosen.paths != choose_photos(data, 9, seed=1).paths


def test_fewer_photos_than_asked_for_are_all_taken(data: Dataset) -> None:
    """The manifest says how many, and which by a digest over their contents."""
    chosen = choose_photos(data, 300, seed=0)
    described = chosen.describe()
    assert ("train", 36, 64) == (described.photos, described.n, len(described.sha256))
    assert described.sha256 != choose_photos(data, 35, seed=0).describe().sha256


def test_a_training_photo_that_repeats_a_test_photo_is_left_out(data: Dataset, tmp_path: Path) -> None:
    """By content, whatever its name is."""
    shutil.copytree(data.root, tmp_path / "data")
    leaked = tmp_path / "data" / "train" / "disc" / "leaked.png"
    shutil.copy(next((tmp_path / "data" / "test" / "disc").iterdir()), leaked)
    chosen = choose_photos(read_dataset(tmp_path / "data"), 300, seed=0)
    assert 36 == len(chosen.paths)
    assert leaked not in chosen.paths


@pytest.mark.parametrize("split", ["valid", "test"])
def test_a_folder_with_a_measured_photo_is_refused_by_name(data: Dataset, tmp_path: Path, split: str) -> None:
    """A copy under another name is still that photo."""
    folder = tmp_path / "mine"
    folder.mkdir()
    shutil.copy(next((data.root / "train" / "star").iterdir()), folder / "a.png")
    shutil.copy(next((data.root / split / "star").iterdir()), folder / "b.png")
    with pytest.raises(
        InputError, match=rf"mine/b\.png is a {split} photo of the run: .*take it out of --cal"
    ):
        choose_photos(data, 300, seed=0, folder=folder)


def test_a_folder_of_other_photos_is_taken(data: Dataset, tmp_path: Path) -> None:
    """As many as asked for; the manifest has the folder's name."""
    shutil.copytree(data.root / "train" / "star", tmp_path / "stars")
    chosen = choose_photos(data, 5, seed=0, folder=tmp_path / "stars")
    assert ("stars", 5) == (chosen.origin, len(chosen.paths))
