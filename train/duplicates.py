"""The same photo twice: byte for byte, or to the eye."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.train.dataset import Dataset

HASH_BITS = 64
ORDER = ("train", "valid", "test")
NEAR_BITS = 6  # of 64; measured on photos of dogs: beyond it, different photos begin to meet


@dataclass(frozen=True)
class Groups:
    """Photos that show the same, two or more a group.

    Attributes:
        members: the groups, paths by name.
        across: how many of the groups have photos in two or more splits.
    """

    members: tuple[tuple[Path, ...], ...]
    across: int


def exact_groups(digests: dict[Path, str], splits: dict[Path, str]) -> Groups:
    """Groups of byte-identical files, from each file's SHA-256 and split."""
    by_digest: dict[str, list[Path]] = defaultdict(list)
    for path, digest in digests.items():
        by_digest[digest].append(path)
    return _groups(by_digest.values(), splits)


def near_groups(
    hashes: dict[Path, NDArray[np.bool_]], splits: dict[Path, str], bits: int = NEAR_BITS
) -> Groups:
    """Groups of photos whose perceptual hashes differ in at most `bits` of 64.

    Args:
        hashes: `(64,) bool` of each photo.
        splits: the split of each photo.
        bits: the largest Hamming distance of two photos that show the same.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not hashes:
        return Groups((), 0)
    paths = list(hashes)
    signs = np.where(np.stack([hashes[path] for path in paths]), 1, -1).astype(np.float32)
    alike = np.nonzero(signs @ signs.T >= HASH_BITS - 2 * bits)
    edges = coo_array((np.ones(len(alike[0]), bool), alike), shape=(len(paths), len(paths)))
    _, component = connected_components(edges, directed=False)
    members: dict[int, list[Path]] = defaultdict(list)
    for path, number in zip(paths, component, strict=True):
        members[int(number)].append(path)
    return _groups(members.values(), splits)


def perceptual_hash(path: Path) -> NDArray[np.bool_]:
    """The 64 bits of pHash (Zauner 2010), of the photo as it stands upright."""
    import imagehash
    from PIL import Image, ImageOps

    with Image.open(path) as picture:
        return np.asarray(imagehash.phash(ImageOps.exif_transpose(picture)).hash, bool).ravel()


def splits_of(data: Dataset) -> dict[Path, str]:
    """The split of each photo of a data set."""
    return {photo.path: split for split, photos in data.splits.items() for photo in photos}


def leaking(groups: Iterable[Groups], splits: dict[Path, str]) -> set[Path]:
    """Photos that must not be learnt: they are, or look like, one of a split that is measured on later.

    Those are training photos that repeat a validation or test photo, and validation photos that repeat a
    test photo: the head that is handed over learns validation photos too.
    """
    return {
        path
        for found in groups
        for members in found.members
        for path in members
        if any(ORDER.index(splits[path]) < ORDER.index(splits[other]) for other in members)
    }


def _groups(members: Iterable[Sequence[Path]], splits: dict[Path, str]) -> Groups:
    several = sorted(tuple(sorted(group)) for group in members if len(group) > 1)
    across = sum(len({splits[path] for path in group}) > 1 for group in several)
    return Groups(tuple(several), across)
