"""Chooses the images on which int8 ranges are measured: training images, balanced over the classes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np

from edgebreed.edge.images import find_photos
from edgebreed.edge.manifest import Calibration
from edgebreed.errors import InputError
from edgebreed.train.dataset import Dataset, strata
from edgebreed.train.feature_cache import Digest, digest_of

MEASURED_SPLITS = ("valid", "test")
"""The splits that an export is measured on; calibrating on their images would flatter it."""


@dataclass(frozen=True)
class CalibrationSet:
    """Images for the quantizer.

    Attributes:
        origin: the split or the folder that they are from.
        paths: the files.
    """

    origin: str
    paths: tuple[Path, ...]

    def describe(self, digest: Digest = digest_of) -> Calibration:
        """What the manifest says about them; its digest is over the files' digests, in order."""
        joined = "".join(digest(path) for path in self.paths)
        return Calibration(self.origin, len(self.paths), hashlib.sha256(joined.encode()).hexdigest())


def choose_images(
    data: Dataset, size: int, seed: int, folder: Path | None = None, digest: Digest = digest_of
) -> CalibrationSet:
    """Chooses the images; the same seed chooses the same.

    Args:
        data: the run's images.
        size: how many; all where there are fewer.
        seed: of the choice.
        folder: images to use instead of the training split.
        digest: SHA-256 of a file.

    Raises:
        InputError: the folder holds an image that the export is measured on, or none at all.
    """
    measured = {digest(image.path): name for name in MEASURED_SPLITS for image in data.splits.get(name, ())}
    rng = np.random.default_rng(seed)
    if folder is not None:
        paths = find_photos([folder])
        _refuse_measured(paths, measured, digest)
        chosen = sorted(rng.permutation(len(paths))[:size])
        return CalibrationSet(folder.name, tuple(paths[index] for index in chosen))
    unmeasured = (path for path in _interleaved(data, rng) if digest(path) not in measured)
    return CalibrationSet("train", tuple(islice(unmeasured, size)))


def _interleaved(data: Dataset, rng: np.random.Generator) -> Sequence[Path]:
    """All training images, shuffled within each class, the classes taking turns."""
    images = data.images("train")
    shuffled = [images[index] for index in rng.permutation(len(images))]
    by_class = [[image.path for image in members] for members in strata(shuffled)]
    return [path for group in zip_longest(*by_class) for path in group if path is not None]


def _refuse_measured(paths: Sequence[Path], measured: Mapping[str, str], digest: Digest) -> None:
    for path in paths:
        split = measured.get(digest(path))
        if split is not None:
            raise InputError(
                f"{path} is a {split} image of the run: calibrating on images that the export is measured on "
                "would flatter it; take it out of --calibration, or leave --calibration out"
            )
