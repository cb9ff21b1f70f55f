"""Random variants of training images, in batches for Keras."""

import math
import os
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.train.keras_setup import keras

SMALLEST_CROP = 0.6  # share of the side
ROTATION_DEGREES = 12.0


@dataclass(frozen=True)
class Augmentation:
    """How images vary in an epoch.

    Attributes:
        side: side of the batches in px.
        mixup: parameter of the Beta distribution by which pairs of images are mixed (Zhang et al. 2018);
            0 mixes none.
        seed: of order and augmentation.
        epoch: counted from 0; order and variants depend on it and the seed, and on nothing that came before.
    """

    side: int
    mixup: float
    seed: int
    epoch: int = 0


class AugmentedImages(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no type information
    """Shuffled batches of one epoch: random crops, mirroring, small rotations, brightness and colour.

    Args:
        images: `(N, H, W, 3) uint8 RGB`.
        targets: `(N, classes) float32`.
        batch: images a batch.
        augmentation: size, strength and seed.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        targets: NDArray[np.float32],
        batch: int,
        augmentation: Augmentation,
    ) -> None:
        super().__init__(workers=len(os.sched_getaffinity(0)), use_multiprocessing=False)
        self._images, self._targets, self._batch = images, targets, batch
        self._augmentation = augmentation
        rng = np.random.default_rng([augmentation.seed, augmentation.epoch])
        self._order = rng.permutation(len(images))

    def __len__(self) -> int:
        return math.ceil(len(self._images) / self._batch)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        rows = self._order[index * self._batch : (index + 1) * self._batch]
        rng = np.random.default_rng([self._augmentation.seed, self._augmentation.epoch, index])
        images = np.stack([augment(self._images[row], self._augmentation.side, rng) for row in rows])
        return _mixed(images, self._targets[rows], self._augmentation.mixup, rng)


def augment(image: NDArray[np.uint8], side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One random variant of an image `(H, W, 3) uint8`, as `(side, side, 3) uint8`."""
    height, width = image.shape[:2]
    scale = rng.uniform(SMALLEST_CROP, 1.0)
    stretch = rng.uniform(0.85, 1.18)
    angle = np.deg2rad(rng.uniform(-ROTATION_DEGREES, ROTATION_DEGREES))
    mirror = rng.choice([-1.0, 1.0])
    linear = scale * np.array(
        [
            [np.cos(angle) * mirror * stretch, -np.sin(angle)],
            [np.sin(angle) * mirror, np.cos(angle) / stretch],
        ]
    )
    linear = linear * np.array([width, height])[:, None] / side
    slack = (1 - scale) / 2 * np.array([width, height])
    centre = np.array([width, height]) / 2 + rng.uniform(-slack, slack)
    offset = centre - linear @ np.array([side / 2, side / 2])
    matrix = np.hstack([linear, offset[:, None]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    gain = rng.uniform(0.7, 1.3) + rng.uniform(-0.08, 0.08, 3)
    return np.clip(warped * gain, 0, 255).astype(np.uint8)


def _mixed(
    images: NDArray[np.uint8], targets: NDArray[np.float32], mixup: float, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    if not mixup:
        return images, targets
    share = np.float32(rng.beta(mixup, mixup))
    other = rng.permutation(len(images))
    mixed = images * share + images[other] * (1 - share)
    return mixed.astype(np.uint8), targets * share + targets[other] * (1 - share)
