"""Compares negatives with the data set: what shows a class is no example of what is unknown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import InputError
from edgebreed.train.dataset_scan import image_hashes
from edgebreed.train.duplicates import is_near_any
from edgebreed.train.feature_cache import FeatureCache
from edgebreed.train.rejection import FOLDS


@dataclass(frozen=True)
class CheckedNegatives:
    """Negatives, sorted by whether they can be learned from.

    Attributes:
        images: which can.
        alike: which look like an image of the data set.
        repeated: which are byte-identical with another negative: a fit that left one out would know it all
            the same.
        undecodable: files that are no images.
    """

    images: tuple[Path, ...] = ()
    alike: tuple[Path, ...] = ()
    repeated: tuple[Path, ...] = ()
    undecodable: tuple[Path, ...] = ()

    @property
    def dropped(self) -> dict[str, tuple[Path, ...]]:
        """Which were left out, by reason."""
        return {
            "negatives": self.alike,
            "negatives_repeated": self.repeated,
            "negatives_undecodable": self.undecodable,
        }


def check_negatives(
    folder: Path | None,
    negatives: Sequence[Path],
    images: Mapping[Path, NDArray[np.bool_] | None],
    cache: FeatureCache,
) -> CheckedNegatives:
    """Compares negatives with the images of all splits, by their bytes and by their looks.

    Args:
        folder: where the negatives are from; None where there are none.
        negatives: the files.
        images: of the data set, each with its perceptual hash `(64,) bool`; None if it does not decode.
        cache: of hashes.

    Raises:
        InputError: a negative is an image of the data set, or too few are left.
    """
    if folder is None:
        return CheckedNegatives()
    _refuse_same(folder, negatives, images, cache)
    first = {cache.digest(path): path for path in reversed(negatives)}
    unique = [path for path in negatives if first[cache.digest(path)] == path]
    hashes = image_hashes(unique, cache)
    alike = look_alikes(hashes, {path: bits for path, bits in images.items() if bits is not None})
    checked = CheckedNegatives(
        images=tuple(path for path in unique if path in hashes and path not in alike),
        alike=alike,
        repeated=tuple(path for path in negatives if first[cache.digest(path)] != path),
        undecodable=tuple(path for path in unique if path not in hashes),
    )
    _check_number(folder, len(negatives), checked)
    return checked


def look_alikes(
    hashes: dict[Path, NDArray[np.bool_]], others: dict[Path, NDArray[np.bool_]]
) -> tuple[Path, ...]:
    """Which images look like at least one of some others.

    Args:
        hashes: perceptual hash `(64,) bool` of each image.
        others: the same of the others.
    """
    if not hashes or not others:
        return ()
    near = is_near_any(np.stack(list(hashes.values())), np.stack(list(others.values())))
    return tuple(path for path, shows in zip(hashes, near.tolist(), strict=True) if shows)


def _refuse_same(
    folder: Path, negatives: Sequence[Path], images: Iterable[Path], cache: FeatureCache
) -> None:
    known = {cache.digest(path): path for path in images}
    same = [path for path in negatives if cache.digest(path) in known]
    if same:
        first = f"{same[0]} is {known[cache.digest(same[0])]}"
        raise InputError(
            f"--negatives {folder}: {len(same)} of its {len(negatives)} images are images of the data set "
            f"({first}), and negatives show none of the classes: remove these, or list their paths below "
            f"{folder} in --exclude"
        )


def _check_number(folder: Path, number: int, checked: CheckedNegatives) -> None:
    left = len(checked.images)
    if left < FOLDS:
        reasons = (
            f"{len(checked.alike)} look like images of the data set, {len(checked.repeated)} repeat one "
            f"another, {len(checked.undecodable)} do not decode"
        )
        raise InputError(
            f"--negatives {folder}: {left} of its {number} images can be used ({reasons}): the threshold of "
            f"'unknown' takes {FOLDS} or more; give other images"
        )
