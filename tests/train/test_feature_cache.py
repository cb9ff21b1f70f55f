"""Features, computed once an image."""

import gc
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.preprocess import InputSpec
from edgebreed.train.feature_cache import FeatureCache, extract

from ..conftest import BLUE, GREEN, RED, plain


class MeanColour:
    """An extractor whose features are the mean colour; it counts the images that it saw."""

    spec = InputSpec(8, 8)
    batch = 2

    def __init__(self, key: str = "mean") -> None:
        self.key, self.seen = key, 0

    def features(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`(N, 3) float32`."""
        self.seen += len(batch)
        return np.asarray(batch.mean(axis=(1, 2)), np.float32)


def images(folder: Path) -> list[Path]:
    """Three colours and a copy of the first under another name."""
    paths = [folder / f"{number}.png" for number in range(4)]
    for path, colour in zip(paths, (RED, GREEN, BLUE, RED), strict=True):
        cv2.imwrite(str(path), plain(colour))
    return paths


def test_an_image_is_computed_once_by_content(tmp_path: Path) -> None:
    """Not for a copy, and not in a second run."""
    extractor, paths, cache = MeanColour(), images(tmp_path), FeatureCache(tmp_path / "cache")
    first = extract(paths, extractor, cache, "")
    again = extract(paths[::-1], extractor, cache, "")
    assert 3 == extractor.seen
    assert [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 0, 0]] == first.tolist() == again[::-1].tolist()


def test_another_extractor_has_features_of_its_own(tmp_path: Path) -> None:
    """The key names weights and input."""
    paths, cache = images(tmp_path), FeatureCache(tmp_path / "cache")
    extract(paths, MeanColour("a"), cache, "")
    other = MeanColour("b")
    extract(paths, other, cache, "")
    assert 3 == other.seen


def test_a_damaged_entry_is_computed_again(tmp_path: Path) -> None:
    """A full disk leaves half a file, or an empty one."""
    extractor, paths, cache = MeanColour(), images(tmp_path), FeatureCache(tmp_path / "cache")
    extract(paths, extractor, cache, "")
    for number, content in enumerate((b"\x93NUMPY half", b""), 4):
        next((tmp_path / "cache").rglob("*.npy")).write_bytes(content)
        extract(paths, extractor, cache, "")
        assert number == extractor.seen


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a read-only home: one warning, however many images there are, and the same features."""
    (tmp_path / "file").touch()
    extractor, paths, cache = MeanColour(), images(tmp_path), FeatureCache(tmp_path / "file" / "cache")
    expected = extract(paths, MeanColour(), FeatureCache(tmp_path / "cache"), "")
    for _ in range(2):
        assert np.array_equal(expected, extract(paths, extractor, cache, ""))
    (warning,) = caplog.messages
    assert "features are not kept for the next run: cannot write" in warning
    assert "pass --cache DIR to keep them" in warning


@pytest.mark.hostile
def test_threads_read_while_the_garbage_collector_runs_python(tmp_path: Path) -> None:
    """Python 3.11 fails in one of some thousand parses of a header then, if two threads parse at once."""
    cache, digest = FeatureCache(tmp_path), "ab" * 32
    cache.put("key", digest, np.ones(4, np.float32))
    threshold = gc.get_threshold()
    gc.callbacks.append(yield_to_threads)
    gc.set_threshold(10)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: cache.get("key", digest), range(40_000)))
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(yield_to_threads)
    assert all(row is not None for row in found)


def yield_to_threads(*_: object) -> None:
    """What a library's callback of the garbage collector may do."""
    time.sleep(1e-5)
