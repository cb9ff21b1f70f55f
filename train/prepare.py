"""From a folder of photos to a data set that can be learnt from."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from edgebreed.edge.images import find_photos
from edgebreed.errors import DatasetError, InputError
from edgebreed.train.config import TrainConfig
from edgebreed.train.dataset import Dataset, labels_of, read_dataset
from edgebreed.train.demo import write_demo
from edgebreed.train.features import FeatureCache
from edgebreed.train.rejection import FOLDS
from edgebreed.train.split import split
from edgebreed.train.survey import digest_of_data, survey


@dataclass(frozen=True)
class Prepared:
    """A data set that can be learnt from.

    Attributes:
        data: the photos by split.
        negatives: photos that show none of the classes.
        dropped: how many were left out, by reason.
        sha256: digest over the photos that are left.
        cache: knows the digests of all files.
    """

    data: Dataset
    negatives: tuple[Path, ...]
    dropped: dict[str, int]
    sha256: str
    cache: FeatureCache

    @property
    def files(self) -> dict[str, list[Path]]:
        """The files that features are computed of, by split; those of `negatives` if there are some."""
        files = {
            split: [photo.path for photo in self.data.photos(split)] for split in ("train", "valid", "test")
        }
        return {**files, "negatives": list(self.negatives)} if self.negatives else files


def prepare(config: TrainConfig) -> Prepared:
    """Reads the data set, leaves out what must not be learnt, and splits it if it comes in one piece.

    Raises:
        DatasetError: a class has no training photo left.
        InputError: there are too few negatives.
    """
    negatives = _read_negatives(config.negatives)
    data, cache = _read_data(config), FeatureCache(config.cache)
    found = survey(data, cache)
    broken = set(found.undecodable)
    repeated: set[Path] = set()
    if not data.divided:
        data = split(data.keep(lambda photo: photo.path not in broken), found.near.members, config.seed)
    elif not config.keep_duplicates:
        repeated = found.repeated()
    kept = data.keep(lambda photo: photo.path not in broken | repeated)
    dropped = {"undecodable": len(broken), "repeated": len(repeated)}
    _check_classes(kept)
    return Prepared(kept, negatives, dropped, digest_of_data(kept, found.digests), cache)


def _check_classes(data: Dataset) -> None:
    learnt = set(labels_of(data.photos("train")))
    empty = [name for label, name in enumerate(data.classes) if label not in learnt]
    if empty:
        raise DatasetError(
            f"class {empty[0]} of {data.root} has no training photo left, as they are broken, excluded "
            "or repeat photos of other splits: add some, or remove the folder"
        )


def _read_negatives(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    photos = find_photos([folder])
    if len(photos) < FOLDS:
        raise InputError(
            f"--negatives {folder} holds {len(photos)} photos: "
            f"the threshold of 'unknown' takes {FOLDS} or more"
        )
    return tuple(photos)


def _read_data(config: TrainConfig) -> Dataset:
    if config.data is not None:
        data = read_dataset(config.data)
        return data.without(read_list(config.exclude)) if config.exclude else data
    folder = config.out / "demo-data"
    shutil.rmtree(folder, ignore_errors=True)
    return read_dataset(write_demo(folder, config.seed))


def read_list(path: Path) -> set[str]:
    """Photos to leave out: the first column of each line that is no comment.

    Raises:
        InputError: the list cannot be read.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise InputError(f"cannot read --exclude {path}: {error.strerror}") from error
    return {line.split("\t")[0].strip() for line in lines if line.strip() and not line.startswith("#")}
