"""The test images that a run's report shows as thumbnails: confused classes, and the surest mistakes."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from edgebreed.edge.images import read_photo
from edgebreed.edge.preprocess import InputSpec, ResizeRule, to_input
from edgebreed.train.classification_metrics import largest_confusions
from edgebreed.train.dataset import LabelledImage
from edgebreed.train.report_data import ClassifiedImages

PAIRS = 12
MISTAKES = 24
THUMBNAIL = InputSpec(160, 160, ResizeRule.LETTERBOX)
JPEG_QUALITY = 80


@dataclass(frozen=True)
class Mistake:
    """A test image that was misclassified.

    Attributes:
        label: its class.
        predicted: the class that it was taken for.
        confidence: probability of that class.
        thumbnail: of it, as a data URI.
        file: its path below the split's folder.
    """

    label: str
    predicted: str
    confidence: float
    thumbnail: str
    file: str


@dataclass(frozen=True)
class ConfusedPair:
    """A class that is taken for another one.

    Attributes:
        mistake: the surest of these mistakes.
        count: how often that happened.
        total: number of test images of the label.
        other: thumbnail of an image of the other class that was recognised, as a data URI; empty for none.
    """

    mistake: Mistake
    count: int
    total: int
    other: str


def confused_pairs(tested: ClassifiedImages) -> list[ConfusedPair]:
    """The most frequent mistakes, each with images of both classes."""
    counts = tested.confusion
    return [
        _pair(tested, label, predicted, count, int(counts[label].sum()))
        for label, predicted, count in largest_confusions(counts, PAIRS)
    ]


def surest_mistakes(tested: ClassifiedImages) -> list[Mistake]:
    """Mistakes by falling confidence: images with a wrong label are among them."""
    return [_mistake(tested, index) for _, index in zip(range(MISTAKES), _wrong(tested), strict=False)]


def _wrong(tested: ClassifiedImages) -> Iterator[int]:
    """Indices of the misclassified images, by falling confidence."""
    wrong = tested.predictions != tested.labels
    order = np.argsort(-tested.confidences, kind="stable")
    return (int(index) for index in order if wrong[index])


def _pair(tested: ClassifiedImages, label: int, predicted: int, count: int, total: int) -> ConfusedPair:
    labels, predictions = tested.labels, tested.predictions
    index = next(i for i in _wrong(tested) if (labels[i], predictions[i]) == (label, predicted))
    known = np.flatnonzero((labels == predicted) & (predictions == predicted))
    best = known[tested.confidences[known].argmax()] if len(known) else None
    other = "" if best is None else thumbnail(tested.images[int(best)])
    return ConfusedPair(_mistake(tested, index), count, total, other)


def _mistake(tested: ClassifiedImages, index: int) -> Mistake:
    image = tested.images[index]
    return Mistake(
        label=tested.names[image.label],
        predicted=tested.names[int(tested.predictions[index])],
        confidence=float(tested.confidences[index]),
        thumbnail=thumbnail(image),
        file=f"{image.path.parent.name}/{image.path.name}",
    )


def thumbnail(image: LabelledImage) -> str:
    """A small picture of an image, as a data URI."""
    pixels = np.ascontiguousarray(to_input(read_photo(image.path), THUMBNAIL)[..., ::-1])
    jpeg = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))[1]
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
