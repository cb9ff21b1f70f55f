"""Photos to calibrate on and photos to measure on."""

import shutil
from pathlib import Path

import pytest

from edgebreed.edge.manifest import LearnedImages
from edgebreed.errors import InputError
from edgebreed.export.photo_division import all_calibrated, divide
from edgebreed.train.feature_cache import digest_of

from .float_files import write_photos

NOTHING = LearnedImages(b"")


def digests(paths: tuple[Path, ...]) -> set[str]:
    """Of the files' contents."""
    return {digest_of(path) for path in paths}


def test_no_photo_is_on_both_sides(tmp_path: Path) -> None:
    """Nor a copy of one; where there are few, each side has half of them."""
    folder = write_photos(tmp_path / "photos", 11)
    shutil.copy(folder / "0.png", folder / "deeper" / "copy.png")
    division = divide(folder, 300, NOTHING, digest_of)
    assert (5, 6) == (len(division.calibrated), len(division.measured))
    assert 11 == len(digests(division.calibrated) | digests(division.measured))


def test_contents_decide_not_names(tmp_path: Path) -> None:
    """A folder whose files were moved and renamed is divided alike."""
    first, second = write_photos(tmp_path / "first", 9), tmp_path / "second"
    second.mkdir()
    for number, path in enumerate(sorted(first.rglob("*.png"), reverse=True)):
        shutil.copy(path, second / f"{number}.png")
    divisions = [divide(folder, 3, NOTHING, digest_of) for folder in (first, second)]
    assert (3, 6) == (len(divisions[0].calibrated), len(divisions[0].measured))
    assert digests(divisions[0].calibrated) == digests(divisions[1].calibrated)


def test_photos_that_were_learned_from_are_calibrated_on(tmp_path: Path) -> None:
    """As far as there are such ones, the others are measured on."""
    folder = write_photos(tmp_path / "photos", 10)
    learned = [digest_of(path) for path in sorted(folder.rglob("*.png"))[:5]]
    division = divide(folder, 300, LearnedImages.of(learned), digest_of)
    assert set(learned) == digests(division.calibrated)


def test_all_are_measured_where_nothing_is_calibrated(tmp_path: Path) -> None:
    """One photo is enough then."""
    division = divide(write_photos(tmp_path / "photos", 1), 0, NOTHING, digest_of)
    assert (0, 1) == (len(division.calibrated), len(division.measured))


def test_one_photo_cannot_be_divided(tmp_path: Path) -> None:
    """The message says how many are wanted."""
    with pytest.raises(InputError, match="holds one photo: one is needed .* 64 or more are wanted"):
        divide(write_photos(tmp_path / "photos", 1), 300, NOTHING, digest_of)


def test_a_labelled_photo_is_not_calibrated_on(tmp_path: Path) -> None:
    """Under another name neither; without one, all of the folder are calibrated on."""
    folder, other = write_photos(tmp_path / "photos", 4), write_photos(tmp_path / "other", 4, seed=1)
    measured = digests(tuple(folder.rglob("*.png")))
    assert 3 == len(all_calibrated(other, 3, NOTHING, measured, digest_of))
    shutil.copy(folder / "0.png", other / "mine.png")
    with pytest.raises(InputError, match=r"mine\.png is also a photo of --data: .* take it out of --calib"):
        all_calibrated(other, 3, NOTHING, measured, digest_of)
