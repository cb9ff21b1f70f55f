"""A data set: labelled images in folders, one folder a class."""

from collections.abc import Callable, Iterable, Sequence
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
class LabelledImage:
    """An image file and the index of its class."""

    path: Path
    label: int


@dataclass(frozen=True)
class LabelledArrays:
    """Inputs and class indices: `(N, ...)` and `(N,) int64`."""

    inputs: NDArray[Any]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Dataset:
    """Labelled images by split.

    Attributes:
        root: the folder.
        classes: class names in the order of the labels.
        splits: `train`, `valid` and `test`; each but `train` may be empty.
        divided: whether the folder has split folders; if not, all images are in `train` until
            `prepare.divide` has divided them.
    """

    root: Path
    classes: tuple[str, ...]
    splits: dict[str, tuple[LabelledImage, ...]]
    divided: bool = True

    def images(self, split: str) -> tuple[LabelledImage, ...]:
        """The images of a split.

        Raises:
            DatasetError: the split is empty.
        """
        images = self.splits.get(split, ())
        if not images:
            filled = ", ".join(name for name, members in self.splits.items() if members)
            raise DatasetError(f"{self.root} has no {split} images: it has {filled}")
        return images

    @property
    def learned(self) -> list[LabelledImage]:
        """The images that a model of this data set learns from: the final head learns validation's too."""
        return [image for split in ("train", "valid") for image in self.splits.get(split, ())]

    @property
    def all_images(self) -> list[LabelledImage]:
        """The images of all splits, one split after another."""
        return [image for images in self.splits.values() for image in images]

    def name_of(self, image: LabelledImage) -> str:
        """The image's path below `root`."""
        return image.path.relative_to(self.root).as_posix()

    def without(self, names: set[str]) -> "Dataset":
        """A copy without the images of these paths below `root`.

        Raises:
            DatasetError: a path is no image of the data set.
        """
        unknown = names - {self.name_of(image) for image in self.all_images}
        if unknown:
            raise DatasetError(f"{min(unknown)} is no image of {self.root}: list paths below it, one a line")
        return self.keep(lambda image: self.name_of(image) not in names)

    def keep(self, wanted: Callable[[LabelledImage], bool]) -> "Dataset":
        """A copy with the wanted images only."""
        kept = {name: tuple(filter(wanted, images)) for name, images in self.splits.items()}
        return replace(self, splits=kept)

    def to_dict(self) -> dict[str, dict[str, list[str]]]:
        """Paths below `root` by split and class, from which a run can be repeated."""
        return {
            split: {
                name: [self.name_of(image) for image in images if image.label == label]
                for label, name in enumerate(self.classes)
            }
            for split, images in self.splits.items()
        }

    @classmethod
    def from_dict(
        cls, root: Path, classes: tuple[str, ...], data: dict[str, dict[str, list[str]]]
    ) -> "Dataset":
        """Reads what `to_dict` wrote; the data set may have moved to another root.

        Raises:
            DatasetError: an image is missing.
        """
        splits = {
            split: tuple(
                LabelledImage(root / name, label)
                for label, key in enumerate(classes)
                for name in by_class[key]
            )
            for split, by_class in data.items()
        }
        missing = [image.path for images in splits.values() for image in images if not image.path.is_file()]
        if missing:
            raise DatasetError(
                f"{missing[0]} and {len(missing) - 1} more images of the run are missing: "
                "pass --data DIR with the whole data set"
            )
        return cls(root, classes, splits)


def labels_of(images: Iterable[LabelledImage]) -> NDArray[np.int64]:
    """The class indices of images, `(N,) int64`."""
    return np.array([image.label for image in images], np.int64)


def read_dataset(root: Path) -> Dataset:
    """Reads `root/<split>/<class>/*` or `root/<class>/*`.

    A class is a folder that holds an image: empty folders and stray files do not count.

    Raises:
        DatasetError: no images, fewer than two classes, or a split with a class that `train` lacks.
    """
    if not root.is_dir():
        raise DatasetError(f"no such folder: {root}")
    folders = _split_folders(root)
    divided = "train" in folders
    folders = folders if divided else {"train": root}
    classes = _checked_classes(folders["train"], _read_classes(folders["train"]))
    splits = {name: _labelled(_read_classes(folder), classes, folder) for name, folder in folders.items()}
    return Dataset(
        root, classes, {name: splits.get(name, ()) for name in ("train", "valid", "test")}, divided
    )


def read_labelled(
    root: Path, classes: tuple[str, ...], labels: tuple[str, ...], split: str
) -> tuple[LabelledImage, ...]:
    """Reads images to measure a model on: `root/<split>/<class>/*` or `root/<class>/*`.

    Folders may have the class names that the model was trained with, or the labels that it shows.

    Raises:
        DatasetError: no images, or a folder that names none of the model's classes.
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
        raise DatasetError(f"no image in {folder}: expected {folder}/<class>/*.jpg")
    return _labelled(by_class, classes, folder)


def has_splits(root: Path) -> bool:
    """Whether a folder has split folders, as in `root/<split>/<class>/*`."""
    return bool(_split_folders(root))


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
        loose = sum(is_photo(path) for path in folder.iterdir() if path.is_file())
        nothing = f"{loose} images that are in no class folder" if loose else "no image"
        found = f"one class ({next(iter(by_class))})" if by_class else nothing
        raise DatasetError(
            f"{folder} holds {found}: a classifier needs two or more folders of images, one a class"
        )
    return tuple(by_class)


def _labelled(
    by_class: dict[str, list[Path]], classes: tuple[str, ...], folder: Path
) -> tuple[LabelledImage, ...]:
    unknown = sorted(set(by_class) - set(classes))
    if unknown:
        raise DatasetError(
            f"{folder / unknown[0]} is none of the {len(classes)} classes ({_first(classes)}): "
            f"rename the folder to one of them, or move it out of {folder}"
        )
    index = {name: label for label, name in enumerate(classes)}
    return tuple(LabelledImage(path, index[name]) for name, paths in by_class.items() for path in paths)


def _first(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")
