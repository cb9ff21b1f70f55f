"""A multi-label data set: a folder of images, and a CSV file with the labels of each."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePath

from edgebreed.edge.folder_walk import LeftOut, walk
from edgebreed.edge.images import is_photo
from edgebreed.edge.text import printable
from edgebreed.errors import DatasetError
from edgebreed.train.dataset import NO_LABEL, SPLIT_NAMES, Dataset, LabelledImage
from edgebreed.train.label_table import LabelRow, LabelTable, read_label_table, write_label_table


def read_multi_label(root: Path, path: Path) -> Dataset:
    """Reads a data set to learn from; images of the folder that the CSV file does not name are left out.

    Args:
        root: folder of the images.
        path: the CSV file; without a column `split`, all images are in `train` until they are divided.

    Raises:
        InputError: the file cannot be read.
        DatasetError: it is at fault, an image is missing, a label has no image, or no image is in `train`.
    """
    table = read_label_table(path)
    shown = Counter(name for row in table.rows for name in row.labels)
    unused = [name for name in table.labels if not shown[name]]
    if unused:
        raise DatasetError(f"{path}: no image shows {unused[0]}: add some, or remove the column")
    images = _by_split(table, _images(root, table, table.labels))
    if not images["train"]:
        raise DatasetError(f"{path} has no row of the split train: a model learns from these")
    return Dataset(root, table.labels, images, table.divided, _not_listed(root, images))


def read_multi_label_images(
    root: Path, path: Path, classes: Sequence[str], labels: Sequence[str], split: str
) -> tuple[LabelledImage, ...]:
    """Reads images to measure a model on.

    Args:
        root: folder of the images.
        path: the CSV file; a label of the model that it does not have is on none of its images.
        classes: class names that the model was trained with.
        labels: the same, as users read them.
        split: which images, where the file has splits; where it has none of this split, those of `train`, of
            which training sets some aside.

    Raises:
        InputError: the file cannot be read.
        DatasetError: it is at fault, an image is missing, or a label is none of the model's.
    """
    table = read_label_table(path)
    own = {**{name: name for name in classes}, **dict(zip(labels, classes, strict=True))}
    foreign = [name for name in table.labels if name not in own]
    if foreign:
        raise DatasetError(
            f"{path} has the label {foreign[0]}, which is none of the {len(classes)} of the model: "
            "rename or remove it"
        )
    images = _by_split(table, _images(root, table, [own[name] for name in table.labels], tuple(classes)))
    found = images["train"] if not table.divided else images.get(split) or images["train"]
    if not found:
        filled = " or ".join(name for name, members in images.items() if members)
        raise DatasetError(f"{path} has no row of the split {split}: pass --split {filled}")
    return found


def read_multi_label_run(root: Path, path: Path, classes: tuple[str, ...]) -> Dataset:
    """Reads the images of a run, in the splits that it was made with.

    Args:
        root: folder of the images.
        path: what `label_rows` wrote.
        classes: of the run.

    Raises:
        InputError: the file cannot be read, or an image is missing.
    """
    table = read_label_table(path)
    if table.labels != classes:
        raise DatasetError(f"{path} has other labels than its run: train again")
    return Dataset(root, classes, _by_split(table, _images(root, table, classes)))


def label_rows(data: Dataset) -> bytes:
    """The images of a data set with splits and labels as a CSV file, from which a run can be repeated."""
    rows = (
        (data.name_of(image), split, image.labels or ())
        for split, images in data.splits.items()
        for image in images
    )
    return write_label_table(data.classes, rows)


def _not_listed(root: Path, splits: dict[str, tuple[LabelledImage, ...]]) -> dict[LeftOut, tuple[Path, ...]]:
    listed = {image.path for images in splits.values() for image in images}
    found = (file.path for file in walk(root, is_photo) if file.left_out is None)
    others = tuple(path for path in found if path not in listed)
    return {LeftOut.NOT_LISTED: others} if others else {}


def _by_split(table: LabelTable, images: Sequence[LabelledImage]) -> dict[str, tuple[LabelledImage, ...]]:
    return {
        name: tuple(
            image
            for row, image in zip(table.rows, images, strict=True)
            if (row.split or SPLIT_NAMES[0]) == name
        )
        for name in SPLIT_NAMES
    }


def _images(
    root: Path, table: LabelTable, names: Sequence[str], classes: tuple[str, ...] | None = None
) -> list[LabelledImage]:
    """The rows as images.

    Args:
        root: folder of the images.
        table: the rows.
        names: the class that each of the table's labels is.
        classes: all classes in order; None where they are the table's labels.
    """
    place = {name: index for index, name in enumerate(classes or names)}
    index = {label: place[name] for label, name in zip(table.labels, names, strict=True)}
    counts = Counter(index[label] for row in table.rows for label in row.labels)
    images = []
    for row in table.rows:
        labels = tuple(sorted(index[label] for label in row.labels))
        rarest = min(labels, key=lambda label: counts[label], default=NO_LABEL)
        images.append(LabelledImage(_path(root, table, row), rarest, labels))
    return images


def _path(root: Path, table: LabelTable, row: LabelRow) -> Path:
    name = PurePath(row.image)
    if name.is_absolute() or ".." in name.parts:
        raise table.fault(row.line, f"{printable(row.image)}: give a path below {root}")
    path = root / name
    if not path.is_file():
        raise table.fault(row.line, f"no file {printable(row.image)} in {root}")
    return path
