"""Duplicates and files that do not decode."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as photographs

from edgebreed.edge.images import Frame
from edgebreed.train.dataset import read_dataset
from edgebreed.train.dataset_scan import DatasetScan, digest_of_data, scan_dataset
from edgebreed.train.feature_cache import FeatureCache

from ..edge.encoded import drawn, encode, oriented


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


def scanned(root: Path) -> DatasetScan:
    """The scan of a data set, with a cache of its own beside it."""
    return scan_dataset(read_dataset(root), FeatureCache(root.parent / f"{root.name}-cache"))


def write(path: Path, data: bytes) -> Path:
    """A file and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def noise(seed: int) -> bytes:
    """A picture that looks like no other, as PNG."""
    pixels = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), np.uint8)
    return cv2.imencode(".png", cv2.resize(pixels, (64, 64)))[1].tobytes()


def test_training_images_that_repeat_test_images_are_not_learned(tmp_path: Path) -> None:
    """The training image is left out, not the test image."""
    assert {"cat.jpg", "cup.png"} == {path.name for path in scanned(plant_faults(tmp_path)).repeats}


def test_validation_images_that_repeat_test_images_are_not_learned(tmp_path: Path) -> None:
    """The final head learns validation images too."""
    for number, split in enumerate(("train", "valid", "test")):
        for label, name in enumerate(("cat", "cup")):
            write(tmp_path / "d" / split / name / "a.png", noise(10 * number + label))
    shutil.copy(tmp_path / "d/test/cat/a.png", tmp_path / "d/valid/cat/twin.png")
    assert {"twin.png"} == {path.name for path in scanned(tmp_path / "d").repeats}


def test_images_of_two_classes_may_look_the_same(tmp_path: Path) -> None:
    """As those of a fixed camera do, whose classes differ in a detail: neither one group nor a repeat."""
    cat = photograph("chelsea")
    for place in ("train/open", "train/shut", "test/shut"):
        mark = cat.copy()
        mark[:20, :20] = 255 * place.startswith("train/open")
        write(tmp_path / "d" / place / "a.png", cv2.imencode(".png", mark)[1].tobytes())
    found = scanned(tmp_path / "d")
    assert [["test/shut", "train/shut"]] == [
        [path.parent.relative_to(tmp_path / "d").as_posix() for path in group] for group in found.near.members
    ]
    assert {tmp_path / "d/train/shut/a.png"} == found.repeats


def test_copies_in_two_classes_conflict(tmp_path: Path) -> None:
    """At most one of their labels is right; copies in one class are mere copies."""
    for place, seed in (("a/1", 1), ("a/2", 1), ("b/1", 1), ("a/3", 3), ("a/4", 3), ("b/2", 2)):
        write(tmp_path / "d" / f"{place}.png", noise(seed))
    found = scanned(tmp_path / "d")
    names = [[path.relative_to(tmp_path / "d").as_posix() for path in group] for group in found.conflicting]
    assert [["a/1.png", "a/2.png", "b/1.png"]] == names
    assert {path for group in found.conflicting for path in group} == found.contradicted
    assert 2 == len(found.exact.members) == len(found.near.members)


def test_empty_files_of_two_classes_do_not_conflict(tmp_path: Path) -> None:
    """They show nothing that a label could be wrong of."""
    for name in ("a", "b"):
        write(tmp_path / "d" / name / "empty.png", b"")
    found = scanned(tmp_path / "d")
    assert ((), 2, 2) == (found.conflicting, len(found.empty), len(found.undecodable))


def test_pictures_of_sixteen_bits_are_told_apart(tmp_path: Path) -> None:
    """Their hash is of the picture that the model sees, not of one that is white all over."""
    for number in range(6):
        pixels = np.random.default_rng(number).integers(0, 65536, (8, 8), np.uint16)
        deep = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_NEAREST)
        write(tmp_path / "d" / "ab"[number % 2] / f"{number}.png", cv2.imencode(".png", deep)[1].tobytes())
    assert () == scanned(tmp_path / "d").near.members


@pytest.mark.slow
def test_panoramas_are_read_up_to_the_limit(tmp_path: Path) -> None:
    """One of 63 million pixels is; larger ones are named with the reason, and so is a file of gigabytes."""
    for name, width in (("wide", 42_000), ("wider", 60_000)):
        picture = cv2.imencode(".jpg", np.zeros((1500, width), np.uint8))[1]
        write(tmp_path / f"d/a/{name}.jpg", picture.tobytes())
    sparse = write(tmp_path / "d/b/sparse.png", noise(1))
    os.truncate(sparse, 300_000_000)
    faults = {path.name: fault for path, fault in scanned(tmp_path / "d").undecodable.items()}
    assert {"wider.jpg", "sparse.png"} == set(faults)
    assert "wider.jpg has 60,000x1,500 pixels (90.0 Mpx to decode), at most 64 Mpx" in faults["wider.jpg"]
    assert "sparse.png has 300 MB, at most 195 MB are read: shrink it" in faults["sparse.png"]


@pytest.mark.parametrize("size", [(1, 1), (65500, 1), (1, 65500)])
def test_any_shape_is_hashed(size: tuple[int, int], tmp_path: Path) -> None:
    """One pixel, and the longest sides that JPEG has."""
    for name in ("a", "b"):
        write(tmp_path / "d" / name / "1.jpg", encode(drawn(*size), "JPEG"))
    assert {} == scanned(tmp_path / "d").undecodable


def test_odd_files_are_named(tmp_path: Path) -> None:
    """Another format than the suffix says, stored turned, and HEIC, which does not decode."""
    files = {
        "a/lying.jpg": encode(drawn(), "AVIF"),
        "a/true.jfif": encode(drawn(40, 40), "JPEG"),
        "b/turned.webp": encode(drawn(90, 30), "WEBP", exif=oriented(6)),
        "b/phone.png": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "b/renamed.jpg": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    }
    for name, data in files.items():
        write(tmp_path / "d" / name, data)
    found = scanned(tmp_path / "d")
    assert {"lying.jpg": "AVIF", "phone.png": "HEIC", "renamed.jpg": "HEIC"} == {
        path.name: kind for path, kind in found.misnamed.items()
    }
    assert ["turned.webp"] == [path.name for path in found.turned]
    assert ["phone.png", "renamed.jpg"] == [path.name for path in found.undecodable]
    assert all(f"{path} is HEIC" in fault for path, fault in found.undecodable.items())


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
