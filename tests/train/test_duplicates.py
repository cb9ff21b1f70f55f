"""Images that show the same."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data as photographs

from edgebreed.train.duplicates import (
    BLOCK,
    DuplicateGroups,
    group_exact,
    group_near,
    is_near_any,
    perceptual_hash,
)

CHAIN = np.tril(np.ones((65, 64), bool), -1)
"""65 hashes, each one bit from the next."""


def test_a_smaller_darker_copy_looks_the_same() -> None:
    """Another picture, or the mirrored one, does not."""
    cat = np.ascontiguousarray(photographs.chelsea()[..., ::-1])
    copy = np.asarray(cv2.resize(cat, None, fx=0.4, fy=0.4) // 2 + 20, np.uint8)
    others = (cat[:, ::-1], photographs.astronaut(), photographs.coffee())
    distances = [int((perceptual_hash(cat) != perceptual_hash(other)).sum()) for other in (copy, *others)]
    assert distances[0] <= 2
    assert min(distances[1:]) > 16


def test_groups_do_not_chain() -> None:
    """Frames of a slow camera resemble their neighbours alone: no group is wider than the bits around one."""
    groups = group_near(CHAIN, 6)
    assert list(range(65)) == sorted(index for group in groups for index in group)
    assert 7 == max(len(group) for group in groups)
    for first, *others in groups:
        assert all((CHAIN[first] != CHAIN[other]).sum() <= 6 for other in others)


@pytest.mark.parametrize("bits", [0, 6, 64])
def test_images_near_any_other_are_found(bits: int) -> None:
    """Also when there are more than are compared at once; none is near nothing."""
    others = CHAIN[:1]
    hashes = np.repeat(CHAIN, BLOCK // 32, axis=0)
    assert np.array_equal((hashes != others).sum(axis=1) <= bits, is_near_any(hashes, others, bits))
    assert not is_near_any(hashes, others[:0], bits).any()
    assert 0 == len(is_near_any(hashes[:0], others, bits))


def test_groups_of_two_or_more_count() -> None:
    """And how many of them reach across splits."""
    a, b, c, d, e = (Path(name) for name in "abcde")
    splits = {a: "train", b: "train", c: "test", d: "test", e: "test"}
    digests = {a: "1", b: "1", c: "2", d: "1", e: "2"}
    groups = DuplicateGroups.of(group_exact(digests), splits)
    assert DuplicateGroups(((a, b, d), (c, e)), 1) == groups
