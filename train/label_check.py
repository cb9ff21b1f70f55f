"""Finds labels that are probably wrong, by cross-validation: confident learning (Northcutt et al. 2021)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.edge.text import printable
from edgebreed.errors import InputError, MissingExtraError
from edgebreed.train.classification_metrics import softmax
from edgebreed.train.dataset import Dataset, LabelledArrays, LabelledImage, labels_of
from edgebreed.train.dataset_report import Cell
from edgebreed.train.duplicates import DuplicateGroups
from edgebreed.train.exclusion_list import listed_name
from edgebreed.train.feature_cache import FeatureCache, FeatureExtractor, extract
from edgebreed.train.linear_probe import fit_head

FOLDS = 5


@dataclass(frozen=True)
class LabelIssue:
    """A label that is probably wrong.

    Attributes:
        image: the image with its label.
        name: its path below the data set's root.
        label: the label's class name.
        suggestion: the class that a model predicts which did not learn the image.
        probability: of the suggestion.
        given: probability of the label.
    """

    image: LabelledImage
    name: str
    label: str
    suggestion: str
    probability: float
    given: float

    def line(self) -> str:
        """One tab-separated line for a list that can be edited; `train --exclude` reads the first column."""
        columns = (listed_name(text) for text in (self.name, self.label, self.suggestion))
        return "\t".join((*columns, f"{self.probability:.3f}"))

    def cell(self) -> Cell:
        """For a contact sheet."""
        return Cell(
            self.image.path,
            (f"is {self.label}", f"{self.suggestion} {self.probability:.2f}?", self.image.path.name),
        )


def check_labels(
    data: Dataset,
    extractor: FeatureExtractor,
    cache: FeatureCache,
    similar: DuplicateGroups,
    seed: int = 0,
) -> list[LabelIssue]:
    """Finds label issues in all splits, by heads on the features of a frozen backbone.

    Args:
        data: the data set.
        extractor: computes the features.
        cache: keeps them.
        similar: images that look the same; they stay in one fold, as one would give away the other's label.
        seed: of folds and heads.

    Raises:
        InputError: there are too few images of every class.
        MissingExtraError: cleanlab is not installed.
    """
    images = data.all_images
    features = extract([image.path for image in images], extractor, cache, "features")
    first = {path: members[0] for members in similar.members for path in members}
    numbers: dict[Path, int] = {}
    groups = [numbers.setdefault(first.get(image.path, image.path), len(numbers)) for image in images]
    probabilities = out_of_fold(features, labels_of(images), len(data.classes), seed, np.array(groups))
    return find_issues(data, images, probabilities)


def out_of_fold(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: int,
    seed: int,
    groups: NDArray[np.int64] | None = None,
) -> NDArray[np.float32]:
    """Predicts each image by a head that did not learn it.

    Args:
        features: `(N, F) float32`.
        labels: `(N,) int64`.
        classes: number of classes.
        seed: of folds and heads.
        groups: `(N,) int64`, equal for images that must stay in one fold; None: any may be apart.

    Returns:
        Probabilities `(N, classes) float32`.

    Raises:
        InputError: there are too few images of every class.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    if np.bincount(labels).max() < FOLDS:
        raise InputError(f"no class has {FOLDS} images: labels are checked by {FOLDS}-fold cross-validation")
    groups = np.arange(len(labels)) if groups is None else groups
    probabilities = np.empty((len(labels), classes), np.float32)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for kept, held_out in folds.split(features, labels, groups):
        head, _ = fit_head(LabelledArrays(features[kept], labels[kept]), classes, seed=seed)
        probabilities[held_out] = softmax(head(features[held_out]))
    return probabilities


def find_issues(
    data: Dataset, images: Sequence[LabelledImage], probabilities: NDArray[np.float32]
) -> list[LabelIssue]:
    """The labels that confident learning prunes by class noise rate, most doubtful first.

    Args:
        data: the data set.
        images: its images.
        probabilities: of `out_of_fold`, `(N, classes) float32`.

    Raises:
        MissingExtraError: cleanlab is not installed.
    """
    try:
        from cleanlab.filter import find_label_issues
    except ImportError as error:
        raise MissingExtraError("label checking (cleanlab)", "train") from error
    order = find_label_issues(labels_of(images), probabilities, return_indices_ranked_by="self_confidence")
    return [_issue(data, images[index], probabilities[index]) for index in order]


def write_list(issues: Sequence[LabelIssue], data: Dataset) -> str:
    """The issues as a text file, with comments that say how to use it."""
    name = printable(data.root.name)
    head = [
        f"# {len(issues)} labels of {name} that {FOLDS}-fold cross-validation contradicts.",
        "# Most doubtful first: image, label, suggestion, its probability.",
        "# Delete the lines of labels that are right, then: edgebreed train --data DIR --exclude THIS_FILE",
    ]
    return "\n".join([*head, *(issue.line() for issue in issues)]) + "\n"


def _issue(data: Dataset, image: LabelledImage, row: NDArray[np.float32]) -> LabelIssue:
    best = int(row.argmax())
    return LabelIssue(
        image=image,
        name=data.name_of(image),
        label=data.classes[image.label],
        suggestion=data.classes[best],
        probability=float(row[best]),
        given=float(row[image.label]),
    )
