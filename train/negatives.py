"""Negatives: images of none of the classes, which 'unknown' is learned from, whole and in parts."""

import logging
from collections.abc import Set as AbstractSet
from pathlib import Path

import numpy as np

from edgebreed.edge.images import Frame, find_photos
from edgebreed.errors import InputError
from edgebreed.train.image_loader import Change
from edgebreed.train.rejection import FOLDS

_LOG = logging.getLogger(__name__)

PARTS = 4  # crops of each negative: things of a scene seen from near, as the classes' own images show theirs
SMALLEST_PART, LARGEST_PART = 0.3, 0.8  # share of each side


def read_negatives(folder: Path | None, excluded: AbstractSet[str] = frozenset()) -> tuple[Path, ...]:
    """The images below a folder.

    Args:
        folder: it; None for no negatives.
        excluded: paths below it to leave out.

    Raises:
        InputError: there are too few.
    """
    if folder is None:
        return ()
    found = find_photos([folder])
    images = [path for path in found if path.relative_to(folder).as_posix() not in excluded]
    if len(images) < len(found):
        _LOG.warning("left out %s negatives that --exclude names", len(found) - len(images))
    if len(images) < FOLDS:
        raise InputError(
            f"--negatives {folder} holds {len(images)} images: "
            f"the threshold of 'unknown' takes {FOLDS} or more"
        )
    return tuple(images)


def part_of(number: int) -> Change:
    """Cuts a part out of a frame; the same part of the same frame every time.

    Args:
        number: which of a frame's parts.
    """

    def cut(frame: Frame) -> Frame:
        rng = np.random.default_rng([number, *frame.shape, int(frame[::7, ::7].sum())])
        share = rng.uniform(SMALLEST_PART, LARGEST_PART)
        height, width = (max(1, round(side * share)) for side in frame.shape[:2])
        top = rng.integers(0, frame.shape[0] - height + 1)
        left = rng.integers(0, frame.shape[1] - width + 1)
        return frame[top : top + height, left : left + width]

    return cut
