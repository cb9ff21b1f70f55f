"""Why a class or a split has no image left."""

from pathlib import Path

import pytest

from edgebreed.errors import DatasetError
from edgebreed.train.dataset import Dataset, LabelledImage
from edgebreed.train.shortage import check_classes, check_splits

ROOT = Path("/d")
A, B = (
    [LabelledImage(ROOT / name / f"{number}.jpg", label) for number in range(6)]
    for label, name in enumerate("ab")
)


def data(train: list[LabelledImage], test: list[LabelledImage], valid: list[LabelledImage]) -> Dataset:
    """A data set of two classes."""
    return Dataset(ROOT, ("a", "b"), {"train": tuple(train), "valid": tuple(valid), "test": tuple(test)})


def paths(images: list[LabelledImage]) -> frozenset[Path]:
    """Of images."""
    return frozenset(image.path for image in images)


def test_every_reason_is_counted() -> None:
    """Those of other classes are not."""
    whole, kept = data([*A, *B], [], []), data(B[1:], A[5:], [])
    dropped = {
        "excluded": paths(A[:1]),
        "undecodable": paths([*A[1:3], B[0]]),
        "conflicting": paths(A[3:4]),
        "repeated": paths(A[4:5]),
    }
    with pytest.raises(DatasetError) as refused:
        check_classes(whole, kept, dropped)
    assert str(refused.value) == (
        "class a of /d has no training image left of 6: 1 excluded by --exclude, 2 that do not decode, "
        "1 that are also in another class, 1 that look like a validation or test image, 1 set aside for "
        "validation and test; pass --keep-duplicates to learn images that look like others, add others, "
        "or remove the folder"
    )


def test_one_reason_stands_alone() -> None:
    """With the remedy that helps."""
    message = "class b of /d has no training image left of 6: 6 that do not decode; add images, or remove"
    with pytest.raises(DatasetError, match=message):
        check_classes(data([*A, *B], [], []), data(A, [], []), {"undecodable": paths(B)})
    check_classes(data([*A, *B], [], []), data([A[0], B[0]], [], []), {})


def test_a_split_without_images_has_its_reason() -> None:
    """Too many look the same, or there are too few."""
    alike = [[image.path for image in members] for members in (A, B)]
    with pytest.raises(
        DatasetError, match="has no valid images and too few .*: only 2 of 12 differ; pass --keep-d"
    ):
        check_splits(data([*A, *B], [], []), alike)
    with pytest.raises(
        DatasetError, match="/d has no test images and too few .*: each class needs three that"
    ):
        check_splits(data([A[0], B[0]], [], A[1:2]), [])
    check_splits(data([A[0]], A[1:2], A[2:3]), alike)


def test_a_label_that_is_only_measured_cannot_be_learned() -> None:
    """The error speaks of a label, as there is no folder to remove."""
    train, test = LabelledImage(Path("/d/a.jpg"), 0, (0,)), LabelledImage(Path("/d/b.jpg"), 1, (0, 1))
    data = Dataset(Path("/d"), ("crack", "rust"), {"train": (train,), "valid": (), "test": (test,)})
    with pytest.raises(DatasetError, match="label rust of /d has no training image.*or remove the label"):
        check_classes(data, data, {})


def test_too_few_labelled_images_ask_for_rows() -> None:
    """As a CSV file has no folders."""
    images = (LabelledImage(Path("/d/a.jpg"), 0, (0,)), LabelledImage(Path("/d/b.jpg"), -1, ()))
    data = Dataset(Path("/d"), ("crack",), {"train": images, "valid": (), "test": ()})
    with pytest.raises(DatasetError, match="each label needs three that differ, or rows of the split valid"):
        check_splits(data, ())
