"""Divides photos into those that int8 is calibrated on and those that the file is measured on."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import LearnedImages
from edgebreed.errors import InputError
from edgebreed.train.feature_cache import Digest

MEASURED = 500  # photos at most; one of them is 0.2 points
WANTED = 32
"""Measured photos, of which one changes the agreement by 3 points."""


@dataclass(frozen=True)
class PhotoDivision:
    """Photos of a folder, without copies.

    Attributes:
        calibrated: those that int8 ranges are measured on.
        measured: those that the file is compared with the float model on; none of `calibrated`.
    """

    calibrated: tuple[Path, ...]
    measured: tuple[Path, ...]


def divide(folder: Path, size: int, learned: LearnedImages, digest: Digest) -> PhotoDivision:
    """Divides a folder by the photos' contents, so that names and order do not matter.

    Photos that the model has learned from are rather calibrated on than measured on.

    Args:
        folder: of any structure.
        size: how many are calibrated on, at most; half of them where there are fewer than twice as many.
        learned: the photos that the model has learned from.
        digest: SHA-256 of a file.

    Raises:
        InputError: the folder holds less than two different photos.
    """
    photos = _ordered(folder, learned, digest)
    if size and len(photos) < 2:
        raise InputError(
            f"{folder} holds one photo: one is needed to calibrate on and another one to measure on, "
            f"{2 * WANTED} or more are wanted"
        )
    calibrated = min(size, len(photos) // 2)
    cut = len(photos) - calibrated
    return PhotoDivision(tuple(photos[cut:]), tuple(photos[: min(cut, MEASURED)]))


def all_calibrated(
    folder: Path, size: int, learned: LearnedImages, measured: Container[str], digest: Digest
) -> tuple[Path, ...]:
    """Photos to calibrate on where others are measured on.

    Args:
        folder: of any structure.
        size: how many, at most.
        learned: as `divide` takes them.
        measured: SHA-256 of the photos that are measured on.
        digest: SHA-256 of a file.

    Raises:
        InputError: the folder holds a photo that is measured on.
    """
    photos = _ordered(folder, learned, digest)
    both = [path for path in photos if digest(path) in measured]
    if both:
        raise InputError(
            f"{both[0]} is also a photo of --data: calibrating on photos that the file is measured on would "
            "flatter it; take it out of --calibration, or leave --data out"
        )
    return tuple(photos[-size:])


def _ordered(folder: Path, learned: LearnedImages, digest: Digest) -> Sequence[Path]:
    """The photos by their contents, those that were learned from last."""
    by_digest = {digest(path): path for path in reversed(find_photos([folder]))}
    return [by_digest[key] for key in sorted(by_digest, key=lambda key: (key in learned, key))]
