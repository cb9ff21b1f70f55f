"""Images that show the same: byte for byte, or to a perceptual hash."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import Frame

HASH_SIDE = 8  # frequencies kept in each direction
HASH_BITS = HASH_SIDE**2
RESIZED_SIDE = 32  # px of the grey picture whose frequencies they are
NEAR_BITS = 6  # of 64; with more, images that show different things begin to match
BLOCK = 1024  # images compared at once with all others, which bounds the memory


@dataclass(frozen=True)
class DuplicateGroups:
    """Images that show the same, two or more a group.

    Attributes:
        members: the groups; paths in order.
        across: how many of the groups have images in two or more splits.
    """

    members: tuple[tuple[Path, ...], ...]
    across: int

    @classmethod
    def of(cls, groups: Iterable[Sequence[Path]], splits: dict[Path, str]) -> "DuplicateGroups":
        """Those of the groups that have two or more images."""
        several = sorted(tuple(sorted(group)) for group in groups if len(group) > 1)
        across = sum(len({splits[path] for path in group}) > 1 for group in several)
        return cls(tuple(several), across)


def perceptual_hash(frame: Frame) -> NDArray[np.bool_]:
    """The 64 bits of pHash (Zauner 2010), `(64,) bool`: which low frequencies exceed their median.

    Args:
        frame: `(H, W, 3) uint8 BGR`.
    """
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (RESIZED_SIDE, RESIZED_SIDE), interpolation=cv2.INTER_AREA)
    low = cv2.dct(small.astype(np.float32))[:HASH_SIDE, :HASH_SIDE]
    return np.asarray(low > np.median(low), bool).ravel()


def group_exact(digests: dict[Path, str]) -> list[list[Path]]:
    """Puts byte-identical files together, by their SHA-256; every file is in a group, most of them alone."""
    by_digest: dict[str, list[Path]] = defaultdict(list)
    for path, digest in digests.items():
        by_digest[digest].append(path)
    return list(by_digest.values())


def group_near(hashes: NDArray[np.bool_], bits: int = NEAR_BITS) -> list[list[int]]:
    """Puts images together whose hashes differ in at most `bits` from that of the group's first image.

    A group is as wide as that and no wider: chains, in which each image resembles the next one alone, come
    apart. Frames of a fixed camera would else be one group of any length.

    Args:
        hashes: `(N, 64) bool`.
        bits: the largest Hamming distance to the first image.

    Returns:
        Indices; every image is in one group, most of them alone.
    """
    signs = _signs(hashes)
    free, groups = np.ones(len(signs), bool), []
    for first in range(len(signs)):
        if free[first]:
            near = np.flatnonzero(free & (signs @ signs[first] >= _agreement(signs, bits)))
            free[near] = False
            groups.append(near.tolist())
    return groups


def is_near_any(
    hashes: NDArray[np.bool_], others: NDArray[np.bool_], bits: int = NEAR_BITS
) -> NDArray[np.bool_]:
    """Which images look like at least one of some others, `(N,) bool`.

    Args:
        hashes: `(N, 64) bool`.
        others: `(M, 64) bool`.
        bits: the largest Hamming distance between two images that show the same.
    """
    found = np.zeros(len(hashes), bool)
    if len(others):
        signs, columns = _signs(hashes), _signs(others).T
        for start in range(0, len(signs), BLOCK):
            block = slice(start, start + BLOCK)
            found[block] = (signs[block] @ columns).max(axis=1) >= _agreement(signs, bits)
    return found


def _signs(hashes: NDArray[np.bool_]) -> NDArray[np.float32]:
    """1 and -1, whose products count bits: agreeing ones less differing ones."""
    return np.where(hashes, 1, -1).astype(np.float32)


def _agreement(signs: NDArray[np.float32], bits: int) -> int:
    return int(signs.shape[1]) - 2 * bits
