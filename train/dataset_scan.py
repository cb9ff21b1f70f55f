"""Reads every file of a data set once: files that do not decode, exact duplicates and near-duplicates."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
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
from edgebreed.train.feature_cache import FeatureCache

CACHE_KEY = "phash-1"  # raise the number when the hash or the test for decodable files changes
ORIENTATION = 0x0112  # EXIF tag
FORMATS = {
    "JPEG": {".jpg", ".jpeg"},
    "MPO": {".jpg", ".jpeg"},
    "PNG": {".png"},
    "BMP": {".bmp"},
    "WEBP": {".webp"},
    "TIFF": {".tif", ".tiff"},
}
HASH_BITS = 64
NEAR_BITS = 6  # of 64; with more, images that show different things begin to match
SPLIT_ORDER = ("train", "valid", "test")


@dataclass(frozen=True)
class DuplicateGroups:
    """Images that show the same, two or more a group.

    Attributes:
        members: the groups; paths in order.
        across: how many of the groups have images in two or more splits.
    """

    members: tuple[tuple[Path, ...], ...]
    across: int


@dataclass(frozen=True)
class DatasetScan:
    """What a scan found.

    Attributes:
        splits: the split of each image.
        undecodable: files that are empty, truncated, or no image.
        exact: groups of byte-identical files.
        near: groups of images that look the same; the exact ones are among them.
        digests: SHA-256 of each file.
    """

    splits: dict[Path, str]
    undecodable: tuple[Path, ...]
    exact: DuplicateGroups
    near: DuplicateGroups
    digests: dict[Path, str]

    def leaking(self) -> set[Path]:
        """Images that must not be learned, as they repeat an image of a split that is measured on later.

        Those are training images that repeat a validation or test image, and validation images that repeat a
        test image, since the final head learns validation images too.
        """
        groups = (*self.exact.members, *self.near.members)
        return {path for members in groups for path in members if self._repeats_later(path, members)}

    def _repeats_later(self, path: Path, members: Sequence[Path]) -> bool:
        order = {member: SPLIT_ORDER.index(self.splits[member]) for member in members}
        return order[path] < max(order.values())


def scan_dataset(data: Dataset, cache: FeatureCache) -> DatasetScan:
    """Scans a data set; hashes are cached by content."""
    splits = {image.path: split for split, images in data.splits.items() for image in images}
    digests = {path: cache.digest(path) for path in splits}
    hashes = _hashes(digests, cache)
    return DatasetScan(
        splits=splits,
        undecodable=tuple(path for path in splits if path not in hashes),
        exact=exact_duplicates({path: digests[path] for path in hashes}, splits),
        near=near_duplicates(hashes, splits),
        digests=digests,
    )


def image_hashes(paths: Iterable[Path], cache: FeatureCache) -> dict[Path, NDArray[np.bool_]]:
    """The perceptual hash `(64,) bool` of each image that decodes, from the cache where it has them."""
    return _hashes({path: cache.digest(path) for path in paths}, cache)


def digest_of_data(data: Dataset, digests: dict[Path, str]) -> str:
    """SHA-256 over the images of all splits: their paths below the root, and their contents."""
    lines = sorted(f"{data.name_of(image)} {digests[image.path]}" for image in data.all_images)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def exact_duplicates(digests: dict[Path, str], splits: dict[Path, str]) -> DuplicateGroups:
    """Groups of byte-identical files, from each file's SHA-256 and split."""
    by_digest: dict[str, list[Path]] = defaultdict(list)
    for path, digest in digests.items():
        by_digest[digest].append(path)
    return _groups(by_digest.values(), splits)


def near_duplicates(
    hashes: dict[Path, NDArray[np.bool_]], splits: dict[Path, str], bits: int = NEAR_BITS
) -> DuplicateGroups:
    """Groups of images whose perceptual hashes differ in at most `bits` of 64.

    Args:
        hashes: `(64,) bool` of each image.
        splits: the split of each image.
        bits: the largest Hamming distance between two images that show the same.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not hashes:
        return DuplicateGroups((), 0)
    paths = list(hashes)
    signs = np.where(np.stack([hashes[path] for path in paths]), 1, -1).astype(np.float32)
    pairs = np.nonzero(signs @ signs.T >= HASH_BITS - 2 * bits)
    edges = coo_array((np.ones(len(pairs[0]), bool), pairs), shape=(len(paths), len(paths)))
    _, component = connected_components(edges, directed=False)
    members: dict[int, list[Path]] = defaultdict(list)
    for path, number in zip(paths, component, strict=True):
        members[int(number)].append(path)
    return _groups(members.values(), splits)


def perceptual_hash(path: Path) -> NDArray[np.bool_]:
    """The 64 bits of pHash (Zauner 2010) of the upright image, `(64,) bool`."""
    import imagehash
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        return np.asarray(imagehash.phash(ImageOps.exif_transpose(picture)).hash, bool).ravel()


def empty_files(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Files of zero bytes."""
    return tuple(path for path in paths if path.stat().st_size == 0)


def misnamed_files(paths: Sequence[Path]) -> dict[Path, str]:
    """Files whose content is of another format than their suffix says, each with that format."""
    formats = {path: _opened(path, lambda picture: picture.format) for path in paths}
    return {
        path: kind
        for path, kind in formats.items()
        if kind and path.suffix.lower() not in FORMATS.get(kind, set())
    }


def rotated_by_exif(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Images whose EXIF orientation rotates or mirrors them; every reader in edgebreed applies it."""
    return tuple(path for path in paths if (_opened(path, _orientation) or 1) != 1)


def _groups(members: Iterable[Sequence[Path]], splits: dict[Path, str]) -> DuplicateGroups:
    several = sorted(tuple(sorted(group)) for group in members if len(group) > 1)
    across = sum(len({splits[path] for path in group}) > 1 for group in several)
    return DuplicateGroups(tuple(several), across)


def _hashes(digests: dict[Path, str], cache: FeatureCache) -> dict[Path, NDArray[np.bool_]]:
    """The perceptual hash of each image that decodes."""
    found = {path: cache.get(CACHE_KEY, digest) for path, digest in digests.items()}
    new = [path for path, bits in found.items() if bits is None]
    with ThreadPoolExecutor() as pool:
        for path, bits in zip(new, track(pool.map(_hash, new), "scan", len(new)), strict=True):
            if bits is not None:
                found[path] = row = bits.astype(np.float32)
                cache.put(CACHE_KEY, digests[path], row)
    return {path: bits > 0 for path, bits in found.items() if bits is not None}


def _hash(path: Path) -> NDArray[np.bool_] | None:
    """None for a file that does not decode completely; OpenCV alone fills truncated JPEGs with grey."""
    try:
        read_photo(path)
        return perceptual_hash(path)
    except _decode_errors():
        return None


def _opened(path: Path, read: Any) -> Any:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return read(picture)
    except _decode_errors():
        return None


def _decode_errors() -> tuple[type[Exception], ...]:
    """What Pillow and edgebreed raise for a file that is damaged, or too large for an image."""
    from PIL.Image import DecompressionBombError

    return (ImageError, OSError, SyntaxError, ValueError, DecompressionBombError)


def _orientation(picture: Any) -> int:
    return int(picture.getexif().get(ORIENTATION, 1))
