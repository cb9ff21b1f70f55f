"""Damaged EXIF: nothing fails, and no picture that OpenCV reads is lost or said to lie as it does not."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.train.dataset import read_dataset
from edgebreed.train.dataset_scan import scan_dataset
from edgebreed.train.feature_cache import FeatureCache

from .exif_mutants import SUFFIX, mutant, original


def opencv_reads(data: bytes) -> NDArray[np.generic] | None:
    """The picture, by OpenCV alone."""
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def ways_to_lie(stored: NDArray[np.generic]) -> list[NDArray[np.generic]]:
    """The eight orientations of a picture, as it is stored first."""
    turned = [np.rot90(stored, quarters) for quarters in range(4)]
    return turned + [np.fliplr(picture) for picture in turned]


@pytest.mark.parametrize(
    "first", [0, *(pytest.param(n, marks=pytest.mark.hostile) for n in range(400, 6400, 400))]
)
def test_damaged_exif_loses_no_picture(first: int, tmp_path: Path) -> None:
    """The scan names as undecodable what OpenCV refuses, and as turned what it turns; no other file."""
    refused, turned, unclear = set(), set(), set()
    for number in range(first, first + 400):
        kind, _, plain = original(number)
        name = f"{number}.{SUFFIX[kind]}"
        path = tmp_path / "d" / "ab"[number % 2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mutant(number))
        seen, stored = opencv_reads(path.read_bytes()), opencv_reads(plain)
        assert stored is not None
        if seen is None:
            refused.add(name)
        elif not any(np.array_equal(seen, way) for way in ways_to_lie(stored)):
            unclear.add(name)
        elif not np.array_equal(seen, stored):
            turned.add(name)
    scan = scan_dataset(read_dataset(tmp_path / "d"), FeatureCache(tmp_path / "cache"))
    assert refused == {path.name for path in scan.undecodable}
    assert turned == {path.name for path in scan.turned} - unclear
    assert len(turned) > 80
    assert len(unclear) < 40
