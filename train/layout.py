"""How a data set lies on disk: which folders are splits, which are classes, and what is in none of them."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from edgebreed.edge.files import OUTPUT_MARKER
from edgebreed.edge.folder_walk import FoundFile, LeftOut, by_reason, describe_all, walk
from edgebreed.edge.images import is_photo
from edgebreed.errors import DatasetError

SPLITS = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "test": "test",
    "testing": "test",
}
"""Folder names that are splits, in any case, and what each is called here."""
_UNSEEN = (LeftOut.HIDDEN, LeftOut.OUTPUT)
_SYSTEM_FILES = ("thumbs.db", "desktop.ini")  # Windows hides these from its users
Folders = dict[Path, list[FoundFile]]
"""The files below each folder."""


@dataclass(frozen=True)
class DatasetLayout:
    """A data set's folders and the files below them.

    Attributes:
        root: the folder.
        folders: the folder of each split; of `train` alone where the root has no split folders.
        classes: the class folders of each split.
        others: files in no class folder.
        divided: whether the root has split folders.
    """

    root: Path
    folders: dict[str, Path]
    classes: dict[str, Folders]
    others: tuple[FoundFile, ...]
    divided: bool

    @property
    def left_out(self) -> dict[LeftOut, tuple[Path, ...]]:
        """The files that are not read, by reason."""
        below = (file for folders in self.classes.values() for files in folders.values() for file in files)
        return by_reason((*below, *self.others))

    def without_class(self, folder: Path) -> "DatasetLayout":
        """The same without a class folder of an undivided data set; a split's own classes all stay."""
        if self.divided:
            return self
        left_out = folder.resolve()
        kept = {one: files for one, files in self.classes["train"].items() if one.resolve() != left_out}
        return replace(self, classes={"train": kept})

    @property
    def in_sub_folders(self) -> int:
        """The number of images that lie deeper than in their class folder; they are of that class."""
        return sum(
            file.left_out is None and file.path.parent != folder
            for folders in self.classes.values()
            for folder, files in folders.items()
            for file in files
        )

    def images(self, split: str) -> dict[str, list[Path]]:
        """The images of each class of a split; names in Unicode's composed form (NFC), sorted.

        Raises:
            DatasetError: two folders have one name, or a class folder holds no image that is read.
        """
        found: dict[str, list[Path]] = {}
        named: dict[str, Path] = {}
        for folder, files in sorted(self.classes[split].items()):
            photos = sorted(file.path for file in files if file.left_out is None)
            if not photos:
                _refuse_lost_class(folder, files, self.root)
                continue
            name = normalized(folder.name)
            if name in named:
                raise DatasetError(
                    f"{str(named[name])!a} and {str(folder)!a} have the same name in Unicode: merge them"
                )
            named[name], found[name] = folder, photos
        return dict(sorted(found.items()))


def read_layout(root: Path) -> DatasetLayout:
    """Reads the folders `root/<split>/<class>/...` or `root/<class>/...`.

    A folder named like a split is one if it holds class folders and no images of its own, as a class may be
    called `train`.

    Raises:
        DatasetError: there is no such folder, edgebreed wrote it, or two folders are one split.
    """
    if not root.is_dir():
        raise DatasetError(f"no such folder: {root}")
    if (root / OUTPUT_MARKER).exists():
        raise DatasetError(f"{root} was written by edgebreed: name the folder of the photos themselves")
    folders = _by_folder(root, walk(root, is_photo))
    loose = _left_out_as(LeftOut.LOOSE, folders.pop(root, []))
    splits = _find_splits(folders)
    if not splits:
        return DatasetLayout(root, {"train": root}, {"train": folders}, tuple(loose), divided=False)
    others = [file for folder, files in folders.items() if folder not in splits.values() for file in files]
    others = [*loose, *_left_out_as(LeftOut.NOT_A_SPLIT, others)]
    classes = {name: _by_folder(folder, folders[folder]) for name, folder in splits.items()}
    for name, folder in splits.items():
        others += _left_out_as(LeftOut.LOOSE, classes[name].pop(folder, []))
    return DatasetLayout(root, splits, classes, tuple(others), divided=True)


def normalized(name: str) -> str:
    """A class name in Unicode's composed form: file systems and archives of macOS take letters apart."""
    return unicodedata.normalize("NFC", name)


def _by_folder(root: Path, files: Iterable[FoundFile]) -> Folders:
    """The files by the folder directly below `root` that they lie in, those in none under `root` itself."""
    found: Folders = defaultdict(list)
    for file in files:
        first, *below = file.path.relative_to(root).parts or ("",)  # the root itself cannot be opened
        is_folder = bool(below) or (file.left_out is LeftOut.UNREADABLE and file.path.is_dir())
        found[root / first if is_folder else root].append(file)
    return dict(found)


def _find_splits(folders: Folders) -> dict[str, Path]:
    """The split folders; none where `train` is not among them but other folders are."""
    seen = {folder: files for folder, below in folders.items() if (files := _seen(below))}
    named = [folder for folder in sorted(seen) if folder.name.lower() in SPLITS]
    nested = [folder for folder in named if any(file.path.parent != folder for file in seen[folder])]
    clean = [folder for folder in nested if not _has_own_images(folder, seen[folder])]
    alone = len(named) == len(seen)
    splits = _named_once(nested if clean or alone else [])
    others = [folder for folder in seen if folder not in named]
    beside = [folder.name for folder in others if _has_own_images(folder, seen[folder])]
    if list(splits) == ["train"] and beside:
        raise DatasetError(
            f"{splits['train']} holds folders of images, and {', '.join(beside[:3])} beside it hold images: "
            "move these into it if it is a split, or its images into one folder if it is a class"
        )
    return splits if "train" in splits or alone else {}


def _named_once(folders: list[Path]) -> dict[str, Path]:
    splits: dict[str, Path] = {}
    for folder in folders:
        name = SPLITS[folder.name.lower()]
        if name in splits:
            raise DatasetError(f"{splits[name]} and {folder} are both the {name} split: merge or rename one")
        splits[name] = folder
    return splits


def _has_own_images(folder: Path, files: list[FoundFile]) -> bool:
    return any(file.left_out is None and file.path.parent == folder for file in files)


def _seen(files: Iterable[FoundFile]) -> list[FoundFile]:
    """The files that a user put there."""
    return [
        file for file in files if file.left_out not in _UNSEEN and file.path.name.lower() not in _SYSTEM_FILES
    ]


def _left_out_as(reason: LeftOut, files: Iterable[FoundFile]) -> list[FoundFile]:
    """The files with this reason, unless they could not be read wherever they lay."""
    elsewhere = (None, LeftOut.FORMAT, LeftOut.HEIC)
    return [FoundFile(file.path, reason) if file.left_out in elsewhere else file for file in files]


def _refuse_lost_class(folder: Path, files: list[FoundFile], root: Path) -> None:
    """Refuses a folder that a user put files into and that would be no class."""
    if _seen(files):
        found = describe_all(by_reason(files), folder)
        raise DatasetError(
            f"class folder {folder} has no image that is read, its files are left out: {found}; "
            f"give it images, or move it out of {root}"
        )
