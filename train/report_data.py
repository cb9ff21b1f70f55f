"""What a run's report is made of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from edgebreed.train.classification_metrics import ClassificationMetrics, confusion
from edgebreed.train.dataset import Dataset, LabelledImage, labels_of
from edgebreed.train.delivered import Delivered
from edgebreed.train.run_record import RunRecord, TrainResult


@dataclass(frozen=True)
class ClassifiedImages:
    """Labelled images and the model's probabilities for them.

    Attributes:
        images: labelled images.
        probabilities: `(N, classes) float32`.
        names: class names as users read them.
    """

    images: Sequence[LabelledImage]
    probabilities: NDArray[np.float32]
    names: tuple[str, ...]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The class index of each image, `(N,) int64`."""
        return labels_of(self.images)

    @property
    def predictions(self) -> NDArray[np.int64]:
        """The likeliest class of each image, `(N,) int64`."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def confidences(self) -> NDArray[np.float32]:
        """The probability of the likeliest class of each image, `(N,) float32`."""
        return np.asarray(self.probabilities.max(axis=1), np.float32)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts `(classes, classes) int64`: rows are labels, columns predicted classes."""
        return confusion(self.probabilities, self.labels)


class RunOverview(Protocol):
    """What the reports of all kinds of runs are made of."""

    @property
    def record(self) -> RunRecord:
        """What the run is."""
        ...

    @property
    def result(self) -> TrainResult:
        """What was measured."""
        ...

    @property
    def images_per_split(self) -> dict[str, int]:
        """Number of images of each split."""
        ...


@dataclass(frozen=True)
class ReportData:
    """A run and its test images.

    Attributes:
        record: what the run is.
        result: what was measured.
        tested: the test images.
        images_per_class: number of images of each class, by split.
    """

    record: RunRecord
    result: TrainResult
    tested: ClassifiedImages
    images_per_class: dict[str, tuple[int, ...]]

    @property
    def metrics(self) -> ClassificationMetrics:
        """Of the test images."""
        return cast(ClassificationMetrics, self.result.test)  # no other report is made of a multi-label run

    @property
    def delivered(self) -> Delivered:
        """What a user gets for the test images."""
        return cast(Delivered, self.result.delivered)

    @property
    def images_per_split(self) -> dict[str, int]:
        """Number of images of each split."""
        return {split: sum(counts) for split, counts in self.images_per_class.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Class names as users read them."""
        return self.tested.names


def images_per_class(data: Dataset) -> dict[str, tuple[int, ...]]:
    """Number of images of each class, by split."""
    counts = {
        split: Counter(label for image in images for label in image.shown)
        for split, images in data.splits.items()
        if images
    }
    return {
        split: tuple(count[label] for label in range(len(data.classes))) for split, count in counts.items()
    }
