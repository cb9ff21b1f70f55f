"""From a folder of images to a data set that can be learned: scanned, cleaned and divided into splits."""

import logging
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgebreed.errors import InputError
from edgebreed.train.config import TrainConfig
from edgebreed.train.dataset import Dataset, LabelledImage, read_dataset
from edgebreed.train.dataset_scan import DatasetScan, digest_of_data, scan_dataset
from edgebreed.train.demo import write_demo
from edgebreed.train.feature_cache import FeatureCache
from edgebreed.train.negatives import read_negatives
from edgebreed.train.shortage import TOOK, check_classes, check_splits

_LOG = logging.getLogger(__name__)

NAMED = 5  # files that a warning names
SHARES = {"test": 0.1, "valid": 0.1}
"""Shares of a data set without splits; the rest is for training."""


@dataclass(frozen=True)
class PreparedData:
    """A data set that can be learned.

    Attributes:
        data: the images by split.
        negatives: images that show none of the classes.
        dropped: how many images were left out, by reason.
        sha256: digest over the images that are left.
        cache: of features; it knows the digests of all files.
    """

    data: Dataset
    negatives: tuple[Path, ...]
    dropped: dict[str, int]
    sha256: str
    cache: FeatureCache

    @property
    def files(self) -> dict[str, list[Path]]:
        """The files whose features are needed, by split; with `negatives` if there are any."""
        files = {
            split: [image.path for image in self.data.images(split)] for split in ("train", "valid", "test")
        }
        return {**files, "negatives": list(self.negatives)} if self.negatives else files


def prepare(config: TrainConfig) -> PreparedData:
    """Reads a data set, drops what must not be learned, and divides it if it has no split folders.

    Raises:
        DatasetError: a class has no training image left, or a split none at all.
        InputError: there are too few negatives.
    """
    excluded = read_list(config.exclude) if config.exclude else set()
    negatives = read_negatives(config.negatives, excluded)
    whole, cache = _read_data(config), FeatureCache(config.cache)
    data = whole.without(_of_data(config, excluded))
    scan = scan_dataset(data, cache)
    dropped = _dropped(scan, config.keep_duplicates)
    left_out = frozenset[Path]().union(*dropped.values())
    kept = data.keep(lambda image: image.path not in left_out)
    similar = (scan.exact if config.keep_duplicates else scan.near).members
    if not data.divided:
        kept = divide(kept, similar, config.seed)
    listed = {image.path for image in whole.all_images} - set(scan.splits)
    check_classes(whole, kept, {"excluded": listed, **dropped})
    if not data.divided:
        check_splits(kept, similar)
    _warn(dropped)
    counts = {reason: len(paths) for reason, paths in dropped.items()}
    return PreparedData(kept, negatives, counts, digest_of_data(kept, scan.digests), cache)


def _dropped(scan: DatasetScan, keep_duplicates: bool) -> dict[str, frozenset[Path]]:
    """The images that must not be learned, by reason; none has two."""
    return {
        "undecodable": frozenset(scan.undecodable),
        "conflicting": scan.contradicted,
        "repeated": frozenset() if keep_duplicates else scan.repeats,
    }


def _warn(dropped: dict[str, frozenset[Path]]) -> None:
    """Names files at fault; those that repeat others are in order, and counted alone."""
    for reason in ("undecodable", "conflicting"):
        paths = sorted(dropped[reason])
        if paths:
            names = ", ".join(map(str, paths[:NAMED])) + (", ..." if len(paths) > NAMED else "")
            _LOG.warning("left out %s: %s", TOOK[reason].format(len(paths)), names)


def divide(data: Dataset, similar: Iterable[Sequence[Path]], seed: int) -> Dataset:
    """Divides a data set into splits, stratified by class; images that look the same stay in one split.

    Args:
        data: all its images are in `train`.
        similar: groups of images that look the same.
        seed: of the shuffling.
    """
    leader = {path: group[0] for group in similar for path in group}
    rng = random.Random(seed)
    splits: dict[str, list[LabelledImage]] = {"train": [], "valid": [], "test": []}
    assigned: dict[Path, str] = {}
    for label in range(len(data.classes)):
        members = [image for image in data.splits["train"] if image.label == label]
        for name, images in _divide_class(members, leader, assigned, rng).items():
            splits[name] += images
    return replace(data, divided=True, splits={name: tuple(images) for name, images in splits.items()})


def read_list(path: Path) -> set[str]:
    """Images to leave out: the first column of each line that is no comment.

    Raises:
        InputError: the list cannot be read.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise InputError(f"cannot read --exclude {path}: {error.strerror}") from error
    return {line.split("\t")[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def _divide_class(
    members: Sequence[LabelledImage], leader: dict[Path, Path], assigned: dict[Path, str], rng: random.Random
) -> dict[str, list[LabelledImage]]:
    """Assigns whole groups to the first split with room for them; a group of an earlier class follows it."""
    groups: dict[Path, list[LabelledImage]] = defaultdict(list)
    for image in members:
        groups[leader.get(image.path, image.path)].append(image)
    order = list(groups)
    rng.shuffle(order)
    wanted = {
        name: max(1, round(len(members) * share)) if len(members) >= 3 else 0
        for name, share in SHARES.items()
    }
    divided: dict[str, list[LabelledImage]] = {"train": [], "valid": [], "test": []}
    for key in order:
        open_splits = [
            name for name, count in wanted.items() if len(divided[name]) + len(groups[key]) <= count
        ]
        name = assigned.setdefault(key, open_splits[0] if open_splits else "train")
        divided[name] += groups[key]
    for name, count in wanted.items():
        if count and not divided[name]:
            _move_smallest(divided, name, groups)
    return divided


def _move_smallest(
    divided: dict[str, list[LabelledImage]], name: str, groups: dict[Path, list[LabelledImage]]
) -> None:
    """Gives a split that no group had room in the smallest one of `train`, if most of that stays."""
    learned = {image.path for image in divided["train"]}
    smallest = min((group for group in groups.values() if group[0].path in learned), key=len, default=[])
    if smallest and 2 * len(smallest) <= len(learned):
        moved = {image.path for image in smallest}
        divided[name] = smallest
        divided["train"] = [image for image in divided["train"] if image.path not in moved]


def _of_data(config: TrainConfig, excluded: set[str]) -> set[str]:
    """The excluded images that are none of the negatives."""
    negatives = config.negatives
    return {name for name in excluded if negatives is None or not (negatives / name).is_file()}


def _read_data(config: TrainConfig) -> Dataset:
    if config.data is not None:
        return read_dataset(config.data)
    folder = config.out / "demo-data"
    shutil.rmtree(folder, ignore_errors=True)
    return read_dataset(write_demo(folder, config.seed))
