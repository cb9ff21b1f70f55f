"""Random variants of images."""

import numpy as np
import pytest

from edgebreed.train.augment import Augmentation, AugmentedImages, augment

pytestmark = pytest.mark.keras

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 40, 30, 3), np.uint8)
TARGETS = np.eye(5, dtype=np.float32)


def test_a_variant_has_the_wanted_side() -> None:
    """It is an image, and another one each time."""
    rng = np.random.default_rng(0)
    first, second = augment(IMAGES[0], 24, rng), augment(IMAGES[0], 24, rng)
    assert (24, 24, 3) == first.shape
    assert np.uint8 == first.dtype
    assert not np.array_equal(first, second)


def test_every_image_comes_once_an_epoch() -> None:
    """The last batch holds the rest."""
    batches = AugmentedImages(IMAGES, TARGETS, 2, Augmentation(24, 0.0, seed=0))
    assert 3 == len(batches)
    labels = np.concatenate([batches[index][1] for index in range(3)]).argmax(axis=1)
    assert [0, 1, 2, 3, 4] == sorted(labels)


def test_an_epoch_depends_on_the_seed_and_its_number_alone() -> None:
    """A resumed fit sees what an undisturbed one does, however often Keras ends the epochs before."""
    through = AugmentedImages(IMAGES, TARGETS, 2, Augmentation(24, 0.2, seed=1, epoch=1))
    expected = [through[part] for part in range(3)]
    through.on_epoch_end()
    for part in range(3):
        assert np.array_equal(expected[part][0], through[part][0])
        assert np.array_equal(expected[part][1], through[part][1])
    other = AugmentedImages(IMAGES, TARGETS, 2, Augmentation(24, 0.2, seed=1, epoch=2))
    assert not np.array_equal(expected[0][0], other[0][0])


def test_mixed_targets_still_sum_to_one() -> None:
    """Pairs of images and of their targets are mixed in the same shares."""
    _, targets = AugmentedImages(IMAGES, TARGETS, 5, Augmentation(24, 0.5, seed=0))[0]
    assert np.allclose(1, targets.sum(axis=1))
    assert (targets.max(axis=1) < 1).any()
