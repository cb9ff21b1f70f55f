"""Duplicates and files that do not decode."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data as photographs

from edgebreed.edge.images import Frame
from edgebreed.train.dataset import read_dataset
from edgebreed.train.dataset_scan import digest_of_data, scan_dataset
from edgebreed.train.feature_cache import FeatureCache


def photograph(name: str) -> Frame:
    """A photograph that scikit-image brings, `(H, W, 3) uint8 BGR`."""
    return np.ascontiguousarray(getattr(photographs, name)()[..., ::-1])


def plant_faults(folder: Path) -> Path:
    """A data set with one fault of each kind among good images."""
    root = folder / "data"
    for split, name in (("train", "cat"), ("train", "cup"), ("test", "cat"), ("test", "cup")):
        (root / split / name).mkdir(parents=True)
    cat, cup, person = (photograph(name) for name in ("chelsea", "coffee", "astronaut"))
    cv2.imwrite(str(root / "train/cat/cat.jpg"), cat)
    cv2.imwrite(str(root / "train/cat/mirrored.jpg"), cat[:, ::-1])
    cv2.imwrite(str(root / "train/cup/cup.png"), cup)
    cv2.imwrite(str(root / "train/cup/person.jpg"), person)
    shutil.copy(root / "train/cup/cup.png", root / "test/cup/copy.png")
    cv2.imwrite(
        str(root / "test/cat/smaller.jpg"),
        cv2.resize(cat, None, fx=0.5, fy=0.5),
        [cv2.IMWRITE_JPEG_QUALITY, 60],
    )
    (root / "train/cat/empty.jpg").touch()
    (root / "train/cat/text.jpg").write_text("hello")
    (root / "train/cat/cut.jpg").write_bytes((root / "train/cat/cat.jpg").read_bytes()[:9000])
    shutil.copy(root / "train/cup/person.jpg", root / "train/cup/lying.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(person)[..., ::-1]).save(root / "train/cup/turned.jpg", exif=exif)
    return root


def test_training_images_that_repeat_test_images_leak(tmp_path: Path) -> None:
    """The training image is left out, not the test image."""
    leaking = scan_dataset(read_dataset(plant_faults(tmp_path)), FeatureCache(tmp_path / "cache")).leaking()
    assert {"cat.jpg", "cup.png"} == {path.name for path in leaking}


def test_validation_images_that_repeat_test_images_leak(tmp_path: Path) -> None:
    """The final head learns validation images too."""
    for name in ("cup", "cat"):
        for split in ("train", "valid", "test"):
            (tmp_path / split / name).mkdir(parents=True)
    images = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8) for seed in range(6)]
    for place, image in zip(
        ("train/cup/a", "train/cat/b", "valid/cup/c", "valid/cat/d", "test/cup/e", "test/cat/f"),
        images,
        strict=True,
    ):
        cv2.imwrite(str(tmp_path / f"{place}.png"), image)
    shutil.copy(tmp_path / "test/cat/f.png", tmp_path / "valid/cat/twin.png")
    leaking = scan_dataset(read_dataset(tmp_path), FeatureCache(tmp_path / "cache")).leaking()
    assert {"twin.png"} == {path.name for path in leaking}


def test_a_data_set_that_does_not_decode_is_scanned(tmp_path: Path) -> None:
    """Such as Git LFS pointers that were not fetched; their names here are no UTF-8."""
    for name in ("cat", "cup"):
        (tmp_path / name).mkdir()
        (tmp_path / name / os.fsdecode(b"caf\xe9.jpg")).write_text("version https://git-lfs")
    data = read_dataset(tmp_path)
    found = scan_dataset(data, FeatureCache(tmp_path / "cache"))
    assert (2, ()) == (len(found.undecodable), found.near.members)
    assert 64 == len(digest_of_data(data, found.digests))


def test_a_second_scan_comes_from_the_cache(tmp_path: Path) -> None:
    """It finds the same."""
    data, cache = read_dataset(plant_faults(tmp_path)), FeatureCache(tmp_path / "cache")
    assert scan_dataset(data, cache) == scan_dataset(data, cache)
