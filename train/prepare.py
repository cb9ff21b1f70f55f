"""From a folder of images to a data set that can be learned: scanned, cleaned and divided into splits."""

import logging
import random
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgebreed.edge.folder_walk import LeftOut, walk
from edgebreed.edge.images import is_photo
from edgebreed.edge.manifest import LearnedImages
from edgebreed.edge.text import printable
from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import TrainConfig
from edgebreed.train.dataset import SPLIT_NAMES, Dataset, LabelledImage, read_dataset, strata
from edgebreed.train.dataset_scan import DatasetScan, digest_of_data, scan_dataset
from edgebreed.train.demo import write_demo
from edgebreed.train.dropped_images import dropped_images
from edgebreed.train.exclusion_list import read_list
from edgebreed.train.feature_cache import FeatureCache
from edgebreed.train.multi_label_data import read_multi_label
from edgebreed.train.negative_check import CheckedNegatives, check_negatives
from edgebreed.train.negatives import read_negatives
from edgebreed.train.run_record import CHECKPOINT
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
        negatives: images that show none of the classes, and those that were left out of them.
        dropped_files: images that were left out, by reason.
        dropped_images: those that decode.
        sha256: digest over the images that are left.
        cache: of features; it knows the digests of all files.
        set_aside: how many images of `train` became the validation or test split that the folder lacks.
    """

    data: Dataset
    negatives: CheckedNegatives
    dropped_files: dict[str, tuple[Path, ...]]
    dropped_images: LearnedImages
    sha256: str
    cache: FeatureCache
    set_aside: dict[str, int]

    @property
    def dropped(self) -> dict[str, int]:
        """How many images were left out, by reason."""
        return {reason: len(paths) for reason, paths in self.dropped_files.items()}

    @property
    def files(self) -> dict[str, list[Path]]:
        """The files whose features are needed, by split; with `negatives` if there are any."""
        files = {
            split: [image.path for image in self.data.images(split)] for split in ("train", "valid", "test")
        }
        return {**files, "negatives": list(self.negatives.images)} if self.negatives.images else files


def prepare(config: TrainConfig) -> PreparedData:
    """Reads a data set, drops what must not be learned, and sets splits aside that have no folder.

    Raises:
        DatasetError: a class has no training image left, a split none at all, or a class a name that no model
            file can hold.
        InputError: there are too few negatives, some are images of the data set, or the list of images to
            leave out is at fault.
    """
    whole = _read_data(config)
    _check_names(whole)
    data, excluded = _exclude(config, whole)
    negatives, cache = read_negatives(config.negatives, excluded), FeatureCache(config.cache)
    scan = scan_dataset(data, cache)
    dropped = _dropped(scan, config.keep_duplicates)
    left_out = frozenset[Path]().union(*dropped.values())
    kept = data.keep(lambda image: image.path not in left_out)
    missing, similar = kept.missing_splits, (scan.exact if config.keep_duplicates else scan.near).members
    kept = divide(kept, similar, config.seed) if missing else kept
    listed = {image.path for image in whole.all_images} - set(scan.splits)
    check_classes(whole, kept, {"excluded": listed, **dropped})
    check_splits(kept, () if config.keep_duplicates else similar)
    _warn(dropped)
    checked = check_negatives(config.negatives, negatives, scan.hashes, cache)
    taken = {reason: tuple(sorted(paths)) for reason, paths in {"excluded": listed, **dropped}.items()}
    set_aside = {split: len(kept.splits[split]) for split in missing}
    gone = dropped_images(whole.keep(lambda image: image.path not in scan.undecodable), kept, cache.digest)
    return PreparedData(
        data=replace(kept, left_out=_without_negatives(kept.left_out, config.negatives)),
        negatives=checked,
        dropped_files={**taken, **checked.dropped},
        dropped_images=gone,
        sha256=digest_of_data(kept, scan.digests),
        cache=cache,
        set_aside=set_aside,
    )


def _without_negatives(
    left_out: dict[LeftOut, tuple[Path, ...]], negatives: Path | None
) -> dict[LeftOut, tuple[Path, ...]]:
    """Files that are not read, without negatives beside the split folders: these are learned."""
    beside = left_out.get(LeftOut.NOT_A_SPLIT, ())
    if negatives is None or not beside:
        return left_out
    folder = negatives.resolve()
    others = tuple(path for path in beside if not (is_photo(path) and folder in path.resolve().parents))
    kept = {**left_out, LeftOut.NOT_A_SPLIT: others}
    return {reason: paths for reason, paths in kept.items() if paths}


def _dropped(scan: DatasetScan, keep_duplicates: bool) -> dict[str, frozenset[Path]]:
    """The images that must not be learned, by reason; none has two."""
    return {
        "undecodable": frozenset(scan.undecodable),
        "conflicting": scan.contradicted,
        "repeated": (scan.copies if keep_duplicates else scan.repeats) - scan.contradicted,
    }


def _warn(dropped: dict[str, frozenset[Path]]) -> None:
    """Names files at fault; those that repeat others are in order, and counted alone."""
    for reason in ("undecodable", "conflicting"):
        paths = sorted(dropped[reason])
        if paths:
            names = ", ".join(printable(str(path)) for path in paths[:NAMED]) + (
                ", ..." if len(paths) > NAMED else ""
            )
            _LOG.warning("left out %s: %s", TOOK[reason].format(len(paths)), names)


def divide(data: Dataset, similar: Iterable[Sequence[Path]], seed: int) -> Dataset:
    """Sets a part of `train` aside for each split without images, stratified by class or rarest label.

    Images that look the same stay in one split; those that look like one of another split stay in `train`.

    Args:
        data: the data set; all images of an undivided one are in `train`.
        similar: groups of images that look the same.
        seed: of the shuffling.
    """
    leader = {path: group[0] for group in similar for path in group}
    rng = random.Random(seed)
    shares = {name: share for name, share in SHARES.items() if not data.splits[name]}
    filled = {name: list(images) for name, images in data.splits.items() if name not in ("train", *shares)}
    bound = {leader.get(image.path, image.path) for images in filled.values() for image in images}
    assigned: dict[Path, str] = {}
    splits: dict[str, list[LabelledImage]] = {"train": [], **{name: [] for name in shares}, **filled}
    for members in strata(data.splits["train"]):
        splits["train"] += [image for image in members if leader.get(image.path, image.path) in bound]
        free = [image for image in members if leader.get(image.path, image.path) not in bound]
        for name, images in _divide_class(free, leader, assigned, rng, shares).items():
            splits[name] += images
    return replace(data, divided=True, splits={name: tuple(splits[name]) for name in SPLIT_NAMES})


def _divide_class(
    members: Sequence[LabelledImage],
    leader: dict[Path, Path],
    assigned: dict[Path, str],
    rng: random.Random,
    shares: dict[str, float],
) -> dict[str, list[LabelledImage]]:
    """Assigns whole groups to the first split with room for them; a group of an earlier class follows it."""
    groups: dict[Path, list[LabelledImage]] = defaultdict(list)
    for image in members:
        groups[leader.get(image.path, image.path)].append(image)
    order = list(groups)
    rng.shuffle(order)
    wanted = {
        name: max(1, round(len(members) * share)) if len(members) >= 3 else 0
        for name, share in shares.items()
    }
    divided: dict[str, list[LabelledImage]] = {"train": [], **{name: [] for name in shares}}
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


def _check_names(data: Dataset) -> None:
    """Refuses class names that no model file can hold, before hours of a fit rather than after."""
    for name in data.classes:
        try:
            name.encode()
        except UnicodeEncodeError as error:
            known = sys.getfilesystemencoding()
            fault = "no UTF-8, as a model file takes it; rename the folder"
            if known != "utf-8":
                fault = f"read as {known} in this locale; set PYTHONUTF8=1"
            raise DatasetError(f"class folder {name!a} of {data.root}: its name is {fault}") from error


def _exclude(config: TrainConfig, data: Dataset) -> tuple[Dataset, set[str]]:
    """The data set without the images of `--exclude`, and all names of that list."""
    if config.exclude is None:
        return data, set()
    folder = config.negatives
    files = walk(folder, is_photo) if folder else ()
    negatives = {file.path.relative_to(folder).as_posix() for file in files if folder and not file.left_out}
    names = {data.name_of(image) for image in data.all_images}
    excluded = read_list(config.exclude, names | negatives, [data.root, *([folder] if folder else [])])
    return data.without((excluded & names) | (excluded - negatives)), excluded


def _read_data(config: TrainConfig) -> Dataset:
    if config.data is not None and config.labels is not None:
        return read_multi_label(config.data, config.labels)
    if config.data is not None:
        return read_dataset(config.data, config.negatives)
    folder = config.out / "demo-data"
    if config.resume and (config.out / CHECKPOINT).exists() and not folder.is_dir():
        raise InputError(f"{config.out} was not begun with the demo: pass --data and the other options again")
    shutil.rmtree(folder, ignore_errors=True)
    return read_dataset(write_demo(folder, config.seed))
