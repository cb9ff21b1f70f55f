"""A look at every file of a data set before anything is learnt from it."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import read_photo
from edgebreed.errors import ImageError
from edgebreed.progress import track
from edgebreed.train.dataset import Dataset
from edgebreed.train.duplicates import Groups, exact_groups, leaking, near_groups, splits_of
from edgebreed.train.features import FeatureCache

KEY = "phash-1"  # of the cache; raise it when the hash or the test for decodable files changes
ORIENTATION = 0x0112  # EXIF tag
FORMATS = {
    "JPEG": {".jpg", ".jpeg"},
    "MPO": {".jpg", ".jpeg"},
    "PNG": {".png"},
    "BMP": {".bmp"},
    "WEBP": {".webp"},
    "TIFF": {".tif", ".tiff"},
}


@dataclass(frozen=True)
class Survey:
    """What the files of a data set are.

    Attributes:
        splits: the split of each photo.
        undecodable: files that are empty, cut off, or no image.
        exact: groups of byte-identical files.
        near: groups of photos that look the same; exact ones are among them.
        digests: SHA-256 of each file.
    """

    splits: dict[Path, str]
    undecodable: tuple[Path, ...]
    exact: Groups
    near: Groups
    digests: dict[Path, str]

    def repeated(self) -> set[Path]:
        """Photos that are, or look like, one of a split that is measured on later."""
        return leaking((self.exact, self.near), self.splits)


def digest_of_data(data: Dataset, digests: dict[Path, str]) -> str:
    """SHA-256 over the photos of all splits: their places below the root, and their contents."""
    lines = sorted(f"{data.name_of(photo)} {digests[photo.path]}" for photo in data.all_photos)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def survey(data: Dataset, cache: FeatureCache) -> Survey:
    """Reads every file once; what it finds is cached by content."""
    splits = splits_of(data)
    paths = list(splits)
    digests = {path: cache.digest(path) for path in paths}
    hashes = _hashes(digests, cache)
    return Survey(
        splits=splits,
        undecodable=tuple(path for path in paths if path not in hashes),
        exact=exact_groups({path: digests[path] for path in hashes}, splits),
        near=near_groups(hashes, splits),
        digests=digests,
    )


def empty_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Files of no bytes."""
    return tuple(path for path in paths if path.stat().st_size == 0)


def misnamed(paths: Sequence[Path]) -> dict[Path, str]:
    """Files whose content is of another format than their suffix says, and which."""
    formats = {path: _opened(path, lambda picture: picture.format) for path in paths}
    return {
        path: kind
        for path, kind in formats.items()
        if kind and path.suffix.lower() not in FORMATS.get(kind, set())
    }


def turned(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Photos that are stored lying and told upright by EXIF; every reader here turns them."""
    return tuple(path for path in paths if (_opened(path, _orientation) or 1) != 1)


def _hashes(digests: dict[Path, str], cache: FeatureCache) -> dict[Path, NDArray[np.bool_]]:
    """The perceptual hash of each photo that decodes."""
    kept = {path: cache.get(KEY, digest) for path, digest in digests.items()}
    new = [path for path, bits in kept.items() if bits is None]
    with ThreadPoolExecutor() as pool:
        for path, bits in zip(new, track(pool.map(_hash, new), "survey", len(new)), strict=True):
            if bits is not None:
                kept[path] = row = bits.astype(np.float32)
                cache.put(KEY, digests[path], row)
    return {path: bits > 0 for path, bits in kept.items() if bits is not None}


def _hash(path: Path) -> NDArray[np.bool_] | None:
    """None for what does not decode to its last byte; OpenCV would fill the rest of a JPEG with grey."""
    from edgebreed.train.duplicates import perceptual_hash

    try:
        read_photo(path)
        return perceptual_hash(path)
    except _broken():
        return None


def _opened(path: Path, ask: Any) -> Any:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return ask(picture)
    except _broken():
        return None


def _broken() -> tuple[type[Exception], ...]:
    """Pillow's and our own ways to say that a file is broken, or too large to be a photo."""
    from PIL.Image import DecompressionBombError

    return (ImageError, OSError, SyntaxError, ValueError, DecompressionBombError)


def _orientation(picture: Any) -> int:
    return int(picture.getexif().get(ORIENTATION, 1))
