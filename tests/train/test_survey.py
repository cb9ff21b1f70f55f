"""What a data set holds that must not be learnt."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data as photographs

from edgebreed.edge.images import Frame
from edgebreed.train.check import check
from edgebreed.train.dataset import read_dataset
from edgebreed.train.features import FeatureCache
from edgebreed.train.survey import digest_of_data, survey

from ..conftest import Cli


def photograph(name: str) -> Frame:
    """A photograph that scikit-image brings, `(H, W, 3) uint8 BGR`."""
    return np.ascontiguousarray(getattr(photographs, name)()[..., ::-1])


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """One fault of each kind among sound photos."""
    root = tmp_path / "data"
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


def test_each_planted_fault_is_found_and_no_other(planted: Path, tmp_path: Path) -> None:
    """Broken, empty, misnamed, turned; a copy and a smaller version in another split."""
    data = read_dataset(planted)
    found = check(data, survey(data, FeatureCache(tmp_path / "cache"))).to_dict()
    names = {
        key: sorted(Path(path).name for path in found[key])
        for key in ("undecodable", "empty", "misnamed", "turned")
    }
    assert {
        "undecodable": ["cut.jpg", "empty.jpg", "text.jpg"],
        "empty": ["empty.jpg"],
        "misnamed": ["lying.png"],
        "turned": ["turned.jpg"],
    } == names
    exact = [sorted(Path(path).name for path in group) for group in found["duplicates"]["files"]]
    assert [["copy.png", "cup.png"], ["lying.png", "person.jpg"]] == sorted(exact)
    assert (2, 1) == (found["duplicates"]["groups"], found["duplicates"]["across_splits"])
    near = [sorted(Path(path).name for path in group) for group in found["near_duplicates"]["files"]]
    assert [["cat.jpg", "smaller.jpg"], ["copy.png", "cup.png"]] == sorted(near)[:2]
    assert ["lying.png", "person.jpg", "turned.jpg"] == sorted(near)[2]
    assert (3, 2) == (found["near_duplicates"]["groups"], found["near_duplicates"]["across_splits"])


def test_training_drops_what_the_test_holds(planted: Path, tmp_path: Path) -> None:
    """The training side of a repeated photo, not the test side."""
    repeated = survey(read_dataset(planted), FeatureCache(tmp_path / "cache")).repeated()
    assert {"cat.jpg", "cup.png"} == {path.name for path in repeated}


def test_validation_drops_what_the_test_holds(tmp_path: Path) -> None:
    """The head that is handed over learns validation photos too; the test side stays."""
    for name in ("cup", "cat"):
        for split in ("train", "valid", "test"):
            (tmp_path / split / name).mkdir(parents=True)
    photos = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8) for seed in range(6)]
    for place, photo in zip(
        ("train/cup/a", "train/cat/b", "valid/cup/c", "valid/cat/d", "test/cup/e", "test/cat/f"),
        photos,
        strict=True,
    ):
        cv2.imwrite(str(tmp_path / f"{place}.png"), photo)
    shutil.copy(tmp_path / "test/cat/f.png", tmp_path / "valid/cat/twin.png")
    repeated = survey(read_dataset(tmp_path), FeatureCache(tmp_path / "cache")).repeated()
    assert {"twin.png"} == {path.name for path in repeated}


def test_a_data_set_that_does_not_decode_is_surveyed(tmp_path: Path) -> None:
    """Such as the pointers of a large-file store that was not fetched; one is named in another encoding."""
    for name in ("cat", "cup"):
        (tmp_path / name).mkdir()
        (tmp_path / name / os.fsdecode(b"caf\xe9.jpg")).write_text("version https://git-lfs")
    data = read_dataset(tmp_path)
    found = survey(data, FeatureCache(tmp_path / "cache"))
    assert (2, ()) == (len(found.undecodable), found.near.members)
    assert 64 == len(digest_of_data(data, found.digests))


def test_a_second_survey_comes_from_the_cache(planted: Path, tmp_path: Path) -> None:
    """With the same findings."""
    data, cache = read_dataset(planted), FeatureCache(tmp_path / "cache")
    assert survey(data, cache) == survey(data, cache)


def test_data_check_writes_a_contact_sheet(planted: Path, tmp_path: Path, cli: Cli) -> None:
    """And lists the broken files by name."""
    outcome = cli("data", "check", planted, "--save", "found", "--cache", tmp_path / "cache")
    assert 0 == outcome.code, outcome.err
    assert "cut.jpg" in outcome.out
    assert "2 groups, 1 across splits" in outcome.out
    assert (tmp_path / "found" / "files.jpg").stat().st_size > 20_000
