"""A data set: labelled images in folders, one folder a class."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.folder_walk import LeftOut, describe_all
from edgebreed.edge.images import is_photo
from edgebreed.errors import DatasetError
from edgebreed.train.layout import DatasetLayout, normalized, read_layout

_LOG = logging.getLogger(__name__)

SPLIT_NAMES = ("train", "valid", "test")
NEGATIVES = "negatives"
"""What the documentation calls the folder of images of none of the classes."""


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
        left_out: files below the root that are not read as images, by reason.
        in_sub_folders: how many images lie deeper than in their class folder.
    """

    root: Path
    classes: tuple[str, ...]
    splits: dict[str, tuple[LabelledImage, ...]]
    divided: bool = True
    left_out: dict[LeftOut, tuple[Path, ...]] = field(default_factory=dict, compare=False)
    in_sub_folders: int = field(default=0, compare=False)

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

    @property
    def missing_splits(self) -> tuple[str, ...]:
        """The splits without images: training sets a part of `train` aside for each."""
        return tuple(name for name in SPLIT_NAMES[1:] if not self.splits.get(name))

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


def read_dataset(root: Path, negatives: Path | None = None) -> Dataset:
    """Reads `root/<split>/<class>/...` or `root/<class>/...`; images in sub-folders are of the class too.

    A class is a folder that holds an image; what is no image of a class is listed with the reason.

    Args:
        root: the folder.
        negatives: folder of images of none of the classes, which may lie beside the class folders.

    Raises:
        DatasetError: no images, fewer than two classes, a class folder none of whose files is read, two
            folders that are one split or one class, or a split with a class that `train` lacks.
    """
    layout = _without_negatives(read_layout(root), negatives)
    if "train" not in layout.folders:
        found = ", ".join(sorted(folder.name for folder in layout.folders.values()))
        raise DatasetError(
            f"{root} has {found} but no train folder: a model learns from {root}/train/<class>"
        )
    classes = _checked_classes(layout, layout.images("train"))
    _warn_of_negatives(layout, classes)
    splits = {
        name: _labelled(layout.images(name), classes, folder) for name, folder in layout.folders.items()
    }
    return Dataset(
        root,
        classes,
        {name: splits.get(name, ()) for name in SPLIT_NAMES},
        layout.divided,
        layout.left_out,
        layout.in_sub_folders,
    )


def read_labelled(
    root: Path,
    classes: tuple[str, ...],
    labels: tuple[str, ...],
    split: str,
    set_aside: bool = False,
    negatives: Path | None = None,
) -> tuple[LabelledImage, ...]:
    """Reads images to measure a model on: `root/<split>/<class>/...` or `root/<class>/...`.

    A folder that bears the name of a class is that class. Only where no folder does, folders are named by
    the labels that the model shows.

    Args:
        root: the folder.
        classes: class names that the model was trained with.
        labels: the same, as users read them.
        split: which images, where the folder has splits.
        set_aside: read `train` where the folder lacks the split, as training sets a part of it aside then.
        negatives: folder of images of none of the classes, which may lie beside the class folders; one that
            is called `negatives` is left out without being named, unless that is a class.

    Raises:
        DatasetError: no images, a folder that names none of the model's classes, or two folders of a class.
    """
    unnamed = None if NEGATIVES in {*classes, *labels} else root / NEGATIVES
    layout = _without_negatives(read_layout(root), negatives or unnamed)
    split = _split_to_read(layout, split, set_aside)
    by_class = _by_class(layout.images(split), classes, labels, layout.folders[split])
    if not by_class:
        folder = layout.folders[split]
        raise DatasetError(f"no image in {folder}: expected {folder}/<class>/*.jpg")
    if left_out := describe_all(layout.left_out, root):
        _LOG.warning("left out in %s: %s", root, left_out)
    return _labelled(by_class, classes, layout.folders[split])


def _split_to_read(layout: DatasetLayout, split: str, set_aside: bool) -> str:
    if not layout.divided:
        return "train"
    if split not in layout.folders and "train" in layout.folders and set_aside and split in SPLIT_NAMES:
        _LOG.warning(
            "%s has no %s folder: those images of train are measured that the model has not learned from",
            layout.root,
            split,
        )
        return "train"
    if split not in layout.folders:
        found = " or ".join(sorted(layout.folders))
        raise DatasetError(f"{layout.root} has no {split} folder: pass --split {found}")
    return split


def _by_class(
    by_folder: dict[str, list[Path]], classes: tuple[str, ...], labels: tuple[str, ...], folder: Path
) -> dict[str, list[Path]]:
    """The images by the name of the class that each folder stands for."""
    own = {normalized(name): name for name in classes}
    if by_folder.keys() & own.keys():
        return {own.get(name, name): paths for name, paths in by_folder.items()}
    shown = {normalized(label): name for name, label in zip(classes, labels, strict=True)}
    for name, count in Counter(map(normalized, labels)).items():
        if count > 1 and name in by_folder:
            raise DatasetError(
                f"{folder / name} means {count} classes: name folders by the classes' own names"
            )
    return {shown.get(name, name): paths for name, paths in by_folder.items()}


def _without_negatives(layout: DatasetLayout, negatives: Path | None) -> DatasetLayout:
    """The class folders but that of the negatives, which a user is told of."""
    if negatives is None:
        return layout
    kept = layout.without_class(negatives)
    if kept.classes != layout.classes:
        _LOG.warning("%s holds the negatives, so it is no class", negatives)
    return kept


def _warn_of_negatives(layout: DatasetLayout, classes: Sequence[str]) -> None:
    if NEGATIVES in map(str.lower, classes):
        folder = layout.folders["train"] / NEGATIVES
        _LOG.warning(
            "%s is read as a class: if it shows none of the classes, `edgebreed train --negatives %s`",
            folder,
            folder,
        )


def _checked_classes(layout: DatasetLayout, by_class: dict[str, list[Path]]) -> tuple[str, ...]:
    if len(by_class) < 2:
        loose = sum(map(is_photo, layout.left_out.get(LeftOut.LOOSE, ())))
        nothing = f"{loose} images that are in no class folder" if loose else "no image"
        found = f"one class ({next(iter(by_class))})" if by_class else nothing
        raise DatasetError(
            f"{layout.folders['train']} holds {found}: "
            "a classifier needs two or more folders of images, one a class"
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
