"""Which photos the quantizer sees: of the training split, as many of each class, none that is measured on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np

from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import Calibration
from edgebreed.errors import InputError
from edgebreed.train.dataset import Dataset
from edgebreed.train.feature_cache import digest_of

MEASURED = ("valid", "test")
"""The splits that an export is measured on."""


@dataclass(frozen=True)
class CalibrationSet:
    """Photos for the quantizer, and where they are from."""

    origin: str
    paths: tuple[Path, ...]

    def describe(self) -> Calibration:
        """What the manifest says of them: the digest is over the photos' digests, in order."""
        digest = hashlib.sha256("".join(digest_of(path) for path in self.paths).encode()).hexdigest()
        return Calibration(self.origin, len(self.paths), digest)


def choose_photos(data: Dataset, size: int, seed: int, folder: Path | None = None) -> CalibrationSet:
    """Chooses the photos; the same seed chooses the same.

    Args:
        data: the run's photos.
        size: how many; all where there are fewer.
        seed: of the choice.
        folder: photos to take in place of the training split.

    Raises:
        InputError: the folder holds a photo that the export is measured on, or none at all.
    """
    measured = {digest_of(photo.path): name for name in MEASURED for photo in data.splits.get(name, ())}
    chance = np.random.default_rng(seed)
    if folder is not None:
        paths = find_photos([folder])
        _refuse_measured(paths, measured)
        chosen = sorted(chance.permutation(len(paths))[:size])
        return CalibrationSet(folder.name, tuple(paths[index] for index in chosen))
    fresh = (path for path in _by_turns(data, chance) if digest_of(path) not in measured)
    return CalibrationSet("train", tuple(islice(fresh, size)))


def _by_turns(data: Dataset, chance: np.random.Generator) -> Sequence[Path]:
    """All training photos, one of each class after another, shuffled within a class."""
    photos = data.images("train")
    shuffled = [photos[index] for index in chance.permutation(len(photos))]
    by_class = [
        [photo.path for photo in shuffled if photo.label == label] for label in range(len(data.classes))
    ]
    return [path for group in zip_longest(*by_class) for path in group if path is not None]


def _refuse_measured(paths: Sequence[Path], measured: dict[str, str]) -> None:
    for path in paths:
        split = measured.get(digest_of(path))
        if split is not None:
            raise InputError(
                f"{path} is a {split} photo of the run: calibrating on photos that the export is measured on "
                "would flatter it; take it out of --calibration, or leave --calibration out"
            )
