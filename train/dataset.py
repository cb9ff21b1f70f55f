"""Photos in folders, one a class."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.images import is_photo
from edgebreed.errors import DatasetError

SPLITS = {"train": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test"}
"""Folder names that are splits, and what each is called here."""


@dataclass(frozen=True)
class Photo:
    """A file and the index of its class."""

    path: Path
    label: int


@dataclass(frozen=True)
class Dataset:
    """Photos by split.

    Attributes:
        root: the folder.
        classes: class names in the order of the labels.
        splits: `train`, `valid` and `test`; each may be empty but `train`.
        divided: whether the photos came in splits; else all are in `train` until `split` deals them out.
    """

    root: Path
    classes: tuple[str, ...]
    splits: dict[str, tuple[Photo, ...]]
    divided: bool = True

    def photos(self, split: str) -> tuple[Photo, ...]:
        """The photos of a split.

        Raises:
            DatasetError: the split is empty.
        """
        photos = self.splits.get(split, ())
        if not photos:
            there = ", ".join(name for name, members in self.splits.items() if members)
            raise DatasetError(f"{self.root} has no {split} photos: it has {there}")
        return photos

    @property
    def all_photos(self) -> list[Photo]:
        """The photos of all splits, a split after another."""
        return [photo for photos in self.splits.values() for photo in photos]

    def name_of(self, photo: Photo) -> str:
        """The photo's path below `root`."""
        return photo.path.relative_to(self.root).as_posix()

    def without(self, names: set[str]) -> "Dataset":
        """The same less the photos whose path below `root` is named.

        Raises:
            DatasetError: a name is no photo of the data set.
        """
        unknown = names - {self.name_of(photo) for photo in self.all_photos}
        if unknown:
            raise DatasetError(f"{min(unknown)} is no photo of {self.root}: list paths below it, one a line")
        return self.keep(lambda photo: self.name_of(photo) not in names)

    def keep(self, wanted: Callable[[Photo], bool]) -> "Dataset":
        """The same with the wanted photos alone."""
        kept = {name: tuple(filter(wanted, photos)) for name, photos in self.splits.items()}
        return replace(self, splits=kept)

    def to_dict(self) -> dict[str, dict[str, list[str]]]:
        """Paths below `root` by split and class: what a run writes down to be repeated by."""
        return {
            split: {
                name: [self.name_of(photo) for photo in photos if photo.label == label]
                for label, name in enumerate(self.classes)
            }
            for split, photos in self.splits.items()
        }

    @classmethod
    def from_dict(
        cls, root: Path, classes: tuple[str, ...], data: dict[str, dict[str, list[str]]]
    ) -> "Dataset":
        """Reads what `to_dict` wrote; the photos may have moved to another root.

        Raises:
            DatasetError: a photo is gone.
        """
        splits = {
            split: tuple(
                Photo(root / name, label) for label, key in enumerate(classes) for name in by_class[key]
            )
            for split, by_class in data.items()
        }
        gone = [photo.path for photos in splits.values() for photo in photos if not photo.path.is_file()]
        if gone:
            raise DatasetError(
                f"{gone[0]} and {len(gone) - 1} more photos of the run are gone: pass --data DIR"
            )
        return cls(root, classes, splits)


def labels_of(photos: Iterable[Photo]) -> NDArray[np.int64]:
    """The class indices of photos, `(N,) int64`."""
    return np.array([photo.label for photo in photos], np.int64)


def read_dataset(root: Path) -> Dataset:
    """Reads `root/<split>/<class>/*` or `root/<class>/*`.

    Classes are the folders that hold photos, so that stray files and empty folders shift nothing.

    Raises:
        DatasetError: no photos, fewer than two classes, or a split with a class that `train` lacks.
    """
    if not root.is_dir():
        raise DatasetError(f"no such folder: {root}")
    folders = _split_folders(root)
    divided = "train" in folders
    folders = folders if divided else {"train": root}
    classes = _checked_classes(folders["train"], _read_classes(folders["train"]))
    splits = {name: _photos(_read_classes(folder), classes, folder) for name, folder in folders.items()}
    return Dataset(
        root, classes, {name: splits.get(name, ()) for name in ("train", "valid", "test")}, divided
    )


def read_labelled(
    root: Path, classes: tuple[str, ...], labels: tuple[str, ...], split: str
) -> tuple[Photo, ...]:
    """Reads photos to measure a model on: `root/<split>/<class>/*` or `root/<class>/*`.

    Folders may carry the names that the model was trained with or those it shows.

    Raises:
        DatasetError: no photos, or a folder that names none of the model's classes.
    """
    if not root.is_dir():
        raise DatasetError(f"no such folder: {root}")
    folders = _split_folders(root)
    if folders and split not in folders:
        raise DatasetError(f"{root} has no {split} folder: pass --split {' or '.join(sorted(folders))}")
    folder = folders.get(split, root)
    shown = {label: name for name, label in zip(classes, labels, strict=True)}
    by_class = {shown.get(name, name): paths for name, paths in _read_classes(folder).items()}
    if not by_class:
        raise DatasetError(f"no photo in {folder}: expected {folder}/<class>/*.jpg")
    return _photos(by_class, classes, folder)


def _split_folders(root: Path) -> dict[str, Path]:
    return {
        SPLITS[p.name.lower()]: p for p in sorted(root.iterdir()) if p.is_dir() and p.name.lower() in SPLITS
    }


def _read_classes(folder: Path) -> dict[str, list[Path]]:
    found = {
        p.name: sorted(f for f in p.iterdir() if is_photo(f) and f.is_file())
        for p in sorted(folder.iterdir())
        if p.is_dir() and not p.name.startswith(".")
    }
    return {name: paths for name, paths in found.items() if paths}


def _checked_classes(folder: Path, by_class: dict[str, list[Path]]) -> tuple[str, ...]:
    if len(by_class) < 2:
        found = f"one class ({next(iter(by_class))})" if by_class else "no photo"
        raise DatasetError(
            f"{folder} holds {found}: a classifier needs two or more folders of photos, one a class"
        )
    return tuple(by_class)


def _photos(by_class: dict[str, list[Path]], classes: tuple[str, ...], folder: Path) -> tuple[Photo, ...]:
    unknown = sorted(set(by_class) - set(classes))
    if unknown:
        raise DatasetError(
            f"{folder / unknown[0]} is none of the {len(classes)} classes: rename or remove the folder"
        )
    index = {name: label for label, name in enumerate(classes)}
    return tuple(Photo(path, index[name]) for name, paths in by_class.items() for path in paths)


@dataclass(frozen=True)
class Labelled:
    """Inputs and class indices: `(N, ...)` and `(N,) int64`."""

    inputs: NDArray[Any]
    labels: NDArray[np.int64]
