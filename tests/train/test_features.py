"""Features of a frozen base, computed once."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.features import FeatureCache, extract

from ..conftest import BLUE, GREEN, RED, plain


class MeanColour:
    """A base whose features are the mean colour; it counts the photos that it saw."""

    spec = InputSpec(8, 8)
    batch = 2

    def __init__(self, key: str = "mean") -> None:
        self.key, self.seen = key, 0

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`(N, 3) float32`."""
        self.seen += len(batch)
        return np.asarray(batch.mean(axis=(1, 2)), np.float32)


def photos(folder: Path) -> list[Path]:
    """Three colours and a copy of the first under another name."""
    paths = [folder / f"{number}.png" for number in range(4)]
    for path, colour in zip(paths, (RED, GREEN, BLUE, RED), strict=True):
        cv2.imwrite(str(path), plain(colour))
    return paths


def test_a_photo_is_computed_once_by_content(tmp_path: Path) -> None:
    """Not for a copy, and not in a second run."""
    base, paths, cache = MeanColour(), photos(tmp_path), FeatureCache(tmp_path / "cache")
    first = extract(paths, base, cache, "")
    again = extract(paths[::-1], base, cache, "")
    assert 3 == base.seen
    assert [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 0, 0]] == first.tolist() == again[::-1].tolist()


def test_another_base_has_features_of_its_own(tmp_path: Path) -> None:
    """The key names weights and input."""
    paths, cache = photos(tmp_path), FeatureCache(tmp_path / "cache")
    extract(paths, MeanColour("a"), cache, "")
    other = MeanColour("b")
    extract(paths, other, cache, "")
    assert 3 == other.seen


def test_a_damaged_entry_is_computed_again(tmp_path: Path) -> None:
    """Half a file from a full disk is no feature."""
    base, paths, cache = MeanColour(), photos(tmp_path), FeatureCache(tmp_path / "cache")
    extract(paths, base, cache, "")
    next((tmp_path / "cache").rglob("*.npy")).write_bytes(b"\x93NUMPY half")
    extract(paths, base, cache, "")
    assert 4 == base.seen
