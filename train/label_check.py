"""Labels that a model which did not see them contradicts: confident learning (Northcutt et al. 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import InputError, MissingExtraError
from edgebreed.train.contact_sheet import Cell
from edgebreed.train.dataset import Dataset, Labelled, Photo, labels_of
from edgebreed.train.duplicates import Groups
from edgebreed.train.features import Base, FeatureCache, extract
from edgebreed.train.linear_probe import fit_head
from edgebreed.train.metrics import softmax

FOLDS = 5


@dataclass(frozen=True)
class Doubt:
    """A label that is probably wrong.

    Attributes:
        photo: the photo with its label.
        name: its path below the data set's root.
        label: the label's class name.
        suggestion: the class that a model which did not see the photo names instead.
        probability: of the suggestion.
        given: probability of the label.
    """

    photo: Photo
    name: str
    label: str
    suggestion: str
    probability: float
    given: float

    def line(self) -> str:
        """One tab-separated line for a list that a person edits; `train --exclude` reads the first column."""
        return f"{self.name}\t{self.label}\t{self.suggestion}\t{self.probability:.3f}"

    def cell(self) -> Cell:
        """For a contact sheet."""
        return Cell(
            self.photo.path,
            (f"is {self.label}", f"{self.suggestion} {self.probability:.2f}?", self.photo.path.name),
        )


def find_doubts(data: Dataset, photos: Sequence[Photo], probabilities: NDArray[np.float32]) -> list[Doubt]:
    """The labels that confident learning prunes by class noise rate, most doubtful first.

    Args:
        data: the data set.
        photos: its photos.
        probabilities: out-of-fold answers to them, `(N, classes) float32`.

    Raises:
        MissingExtraError: cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise MissingExtraError("label checking (cleanlab)", "train") from error
    order = find_label_issues(labels_of(photos), probabilities, return_indices_ranked_by="self_confidence")
    return [_doubt(data, photos[index], probabilities[index]) for index in order]


def out_of_fold(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: int,
    seed: int,
    groups: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Answers to each photo by a head that did not see it.

    Args:
        features: `(N, F) float32`.
        labels: `(N,) int64`.
        classes: number of classes.
        seed: of folds and heads.
        groups: `(N,) int64`, the same for photos that look alike: they stay in one fold. None: none do.

    Returns:
        `(N, classes) float32`.

    Raises:
        InputError: there are too few photos of every class.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    if np.bincount(labels).max() < FOLDS:
        raise InputError(f"no class has {FOLDS} photos: labels are checked by {FOLDS}-fold cross-validation")
    groups = np.arange(len(labels)) if groups is None else groups
    answers = np.empty((len(labels), classes), np.float32)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for kept, held in folds.split(features, labels, groups):
        head, _ = fit_head(Labelled(features[kept], labels[kept]), classes, seed=seed)
        answers[held] = softmax(head(features[held]))
    return answers


def check_labels(data: Dataset, base: Base, cache: FeatureCache, alike: Groups, seed: int = 0) -> list[Doubt]:
    """Finds doubtful labels in all splits, by heads on the features of a frozen base.

    Args:
        data: the data set.
        base: the frozen base.
        cache: keeps its features.
        alike: photos that look the same, which would tell each other's label.
        seed: of folds and heads.
    """
    photos = data.all_photos
    features = extract([photo.path for photo in photos], base, cache, "features")
    first = {path: members[0] for members in alike.members for path in members}
    numbers: dict[Path, int] = {}
    groups = [numbers.setdefault(first.get(photo.path, photo.path), len(numbers)) for photo in photos]
    answers = out_of_fold(features, labels_of(photos), len(data.classes), seed, np.array(groups))
    return find_doubts(data, photos, answers)


def write_list(doubts: Sequence[Doubt], data: Dataset) -> str:
    """The list as text, with what it is and what to do with it."""
    head = [
        f"# {len(doubts)} labels of {data.root.name} that {FOLDS}-fold cross-validation contradicts.",
        "# Most doubtful first: photo, label, suggestion, its probability.",
        "# Delete the lines of labels that are right, then: edgebreed train --data DIR --exclude THIS_FILE",
    ]
    return "\n".join([*head, *(doubt.line() for doubt in doubts)]) + "\n"


def _doubt(data: Dataset, photo: Photo, row: NDArray[np.float32]) -> Doubt:
    best = int(row.argmax())
    return Doubt(
        photo=photo,
        name=data.name_of(photo),
        label=data.classes[photo.label],
        suggestion=data.classes[best],
        probability=float(row[best]),
        given=float(row[photo.label]),
    )
