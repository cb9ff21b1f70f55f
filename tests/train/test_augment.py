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


def test_a_resumed_fit_sees_what_an_uninterrupted_one_does() -> None:
    """Order and variants depend on the seed and the epoch."""
    through = AugmentedImages(IMAGES, TARGETS, 2, Augmentation(24, 0.2, seed=1))
    through.on_epoch_end()
    resumed = AugmentedImages(IMAGES, TARGETS, 2, Augmentation(24, 0.2, seed=1, first_epoch=1))
    for part in (0, 1):
        assert np.array_equal(through[0][part], resumed[0][part])


def test_mixed_targets_still_sum_to_one() -> None:
    """Pairs of images and of their targets are mixed in the same shares."""
    _, targets = AugmentedImages(IMAGES, TARGETS, 5, Augmentation(24, 0.5, seed=0))[0]
    assert np.allclose(1, targets.sum(axis=1))
    assert (targets.max(axis=1) < 1).any()
