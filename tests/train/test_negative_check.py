"""Negatives beside the data set."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.images import read_photo
from edgebreed.errors import InputError
from edgebreed.train.dataset_scan import image_hashes
from edgebreed.train.feature_cache import FeatureCache
from edgebreed.train.negative_check import CheckedNegatives, check_negatives, look_alikes


def draw(folder: Path, count: int, seed: int) -> list[Path]:
    """Different pictures of coarse noise."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    paths = [folder / f"{number}.png" for number in range(count)]
    for path in paths:
        coarse = rng.integers(0, 256, (6, 6, 3), np.uint8)
        cv2.imwrite(str(path), cv2.resize(coarse, (96, 96), interpolation=cv2.INTER_CUBIC))
    return paths


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Eight images of a data set."""
    return draw(tmp_path / "data", 8, seed=0)


@pytest.fixture
def negatives(tmp_path: Path) -> list[Path]:
    """Eight images that show something else."""
    return draw(tmp_path / "other", 8, seed=1)


def checked(negatives: list[Path], images: list[Path], folder: Path) -> CheckedNegatives:
    """The negatives, beside the images."""
    cache = FeatureCache(folder / "cache")
    hashes = image_hashes(images, cache)
    return check_negatives(folder / "other", negatives, {path: hashes.get(path) for path in images}, cache)


def test_others_are_kept(negatives: list[Path], images: list[Path], tmp_path: Path) -> None:
    """All of them, in order; without a folder there are none."""
    found = checked(negatives, images, tmp_path)
    assert negatives == list(found.images)
    assert {()} == set(found.dropped.values())
    assert CheckedNegatives() == check_negatives(None, [], {}, FeatureCache(tmp_path))


def test_an_image_of_the_data_set_is_refused(
    negatives: list[Path], images: list[Path], tmp_path: Path
) -> None:
    """By its bytes, whatever it is called; the message says how many, which first, and what to do."""
    for place in (2, 5):
        shutil.copy(images[place], negatives[place])
    with pytest.raises(InputError) as caught:
        checked(negatives, images, tmp_path)
    message = str(caught.value)
    assert f"2 of its 8 images are images of the data set ({negatives[2]} is {images[2]})" in message
    assert f"remove these, or list their paths below {tmp_path / 'other'} in --exclude" in message


def test_what_looks_like_an_image_of_the_data_set_is_left_out(
    negatives: list[Path], images: list[Path], tmp_path: Path
) -> None:
    """The same picture, smaller and in another format."""
    small = cv2.resize(read_photo(images[3]), (60, 60), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(negatives[0].with_suffix(".jpg")), small)
    negatives[0] = negatives[0].with_suffix(".jpg")
    found = checked(negatives, images, tmp_path)
    assert ((negatives[0],), negatives[1:]) == (found.alike, list(found.images))
    assert 1 == len(found.dropped["negatives"])


def test_a_repeated_negative_counts_once(negatives: list[Path], images: list[Path], tmp_path: Path) -> None:
    """A fit that left one copy out would know it by the other; a damaged file is no negative at all."""
    shutil.copy(negatives[0], negatives[4])
    negatives[7].write_bytes(b"no image")
    found = checked(negatives, images, tmp_path)
    assert ((negatives[4],), (negatives[7],)) == (found.repeated, found.undecodable)
    assert [path for place, path in enumerate(negatives) if place not in (4, 7)] == list(found.images)


def test_too_few_that_can_be_used_are_refused(
    negatives: list[Path], images: list[Path], tmp_path: Path
) -> None:
    """Twenty copies of one image are one negative."""
    for path in negatives[1:]:
        shutil.copy(negatives[0], path)
    with pytest.raises(InputError, match=r"1 of its 8 images can be used \(0 look .* 7 repeat .* takes 5 or"):
        checked(negatives, images, tmp_path)


def test_looks_are_compared_by_the_bits_that_differ() -> None:
    """Six of 64 may; without others nothing is alike."""
    bits = np.zeros(64, bool)
    six, seven = bits.copy(), bits.copy()
    six[:6], seven[:7] = True, True
    hashes = {Path("six"): six, Path("seven"): seven}
    assert (Path("six"),) == look_alikes(hashes, {Path("known"): bits})
    assert () == look_alikes(hashes, {})
    assert () == look_alikes({}, hashes)
