"""Batches of photos, each a little different every time."""

import math
import os
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgebreed.train.keras_setup import keras

SMALLEST_CROP = 0.6  # share of the side
TURN_DEGREES = 12.0


@dataclass(frozen=True)
class Augmentation:
    """How photos vary from epoch to epoch.

    Attributes:
        side: side of the batches in px.
        mixup: parameter of the Beta distribution by which pairs of photos are mixed (Zhang et al. 2018);
            0 mixes none.
        seed: of order and augmentation.
        begun: epochs that were fitted before, by a run that was cut off.
    """

    side: int
    mixup: float
    seed: int
    begun: int = 0


class AugmentedPhotos(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no type information
    """Shuffled batches for `fit`: random crops, mirrored halves, small turns, light and dark.

    Args:
        photos: `(N, H, W, 3) uint8 RGB`.
        targets: `(N, classes) float32`.
        batch: photos a batch.
        how: size, strength and seed.
    """

    def __init__(
        self, photos: NDArray[np.uint8], targets: NDArray[np.float32], batch: int, how: Augmentation
    ) -> None:
        super().__init__(workers=len(os.sched_getaffinity(0)), use_multiprocessing=False)
        self._photos, self._targets, self._batch, self._how = photos, targets, batch, how
        self._epoch = how.begun - 1
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(len(self._photos) / self._batch)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        rows = self._order[index * self._batch : (index + 1) * self._batch]
        generator = np.random.default_rng([self._how.seed, self._epoch, index])
        photos = np.stack([augment(self._photos[row], self._how.side, generator) for row in rows])
        return _mixed(photos, self._targets[rows], self._how.mixup, generator)

    def on_epoch_end(self) -> None:
        """Draws a new order."""
        self._epoch += 1
        self._order = np.random.default_rng([self._how.seed, self._epoch]).permutation(len(self._photos))


def augment(photo: NDArray[np.uint8], side: int, generator: np.random.Generator) -> NDArray[np.uint8]:
    """One random variant of a photo `(H, W, 3) uint8`, as `(side, side, 3) uint8`."""
    height, width = photo.shape[:2]
    scale = generator.uniform(SMALLEST_CROP, 1.0)
    stretch = generator.uniform(0.85, 1.18)
    turn = np.deg2rad(generator.uniform(-TURN_DEGREES, TURN_DEGREES))
    mirror = generator.choice([-1.0, 1.0])
    linear = scale * np.array(
        [[np.cos(turn) * mirror * stretch, -np.sin(turn)], [np.sin(turn) * mirror, np.cos(turn) / stretch]]
    )
    linear = linear * np.array([width, height])[:, None] / side
    slack = (1 - scale) / 2 * np.array([width, height])
    centre = np.array([width, height]) / 2 + generator.uniform(-slack, slack)
    offset = centre - linear @ np.array([side / 2, side / 2])
    matrix = np.hstack([linear, offset[:, None]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(photo, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    light = generator.uniform(0.7, 1.3) + generator.uniform(-0.08, 0.08, 3)
    return np.clip(moved * light, 0, 255).astype(np.uint8)


def _mixed(
    photos: NDArray[np.uint8], targets: NDArray[np.float32], mixup: float, generator: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    if not mixup:
        return photos, targets
    share = np.float32(generator.beta(mixup, mixup))
    other = generator.permutation(len(photos))
    mixed = photos * share + photos[other] * (1 - share)
    return mixed.astype(np.uint8), targets * share + targets[other] * (1 - share)
