"""Accuracy as a user gets it: of the runtime's answers to labelled images, with what it withholds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np

from edgebreed.edge.decision import are_known, are_present, decide
from edgebreed.edge.detectors import FACE, Detection, Detector, open_detector
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import read_photo
from edgebreed.edge.label_thresholds import describe_label_thresholds
from edgebreed.edge.manifest import DetectorConfig
from edgebreed.edge.prediction import Kind
from edgebreed.edge.task import Rejection, Task
from edgebreed.train.classification_metrics import ClassificationMetrics
from edgebreed.train.dataset import LabelledImage, labels_of
from edgebreed.train.metrics_text import range_text, share_text


class AnswerPolicy(Protocol):
    """What decides an answer in addition to the model's outputs; a manifest and a run's record have it."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the outputs."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """How each class is called in an answer; two classes may be called the same."""
        ...

    @property
    def task(self) -> Task:
        """Whether people are answered, and whether an image may show several classes."""
        ...

    @property
    def rejection(self) -> Rejection:
        """When to answer 'unknown'."""
        ...

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Of a multi-label model, the probability from which on a label is found, one a class."""
        ...

    @property
    def detector(self) -> DetectorConfig:
        """What finds faces."""
        ...


@dataclass(frozen=True)
class Delivered:
    """Answers to labelled images, as shares of all of them; the four add up to 1.

    Attributes:
        right: answered with the name that the image's class is shown by.
        wrong: answered with another name.
        withheld: answered 'unknown'.
        person: answered as a person.
    """

    right: float
    wrong: float
    withheld: float
    person: float

    def to_dict(self) -> dict[str, float]:
        """Plain JSON types."""
        return asdict(self)

    def describe(self, metrics: ClassificationMetrics) -> str:
        """A line of text on the images that the metrics are of; persons are named where there are any."""
        shares = {name: share_text(metrics, share) for name, share in asdict(self).items()}
        right = f"right {shares['right']} ({range_text(metrics, self.right)})"
        person = f", person {shares['person']}" if self.person else ""
        return f"{right}, wrong {shares['wrong']}, withheld {shares['withheld']}{person}"


def measure_delivered(
    outputs: ModelOutputs, images: Sequence[LabelledImage], policy: AnswerPolicy
) -> Delivered:
    """Decides each image as the runtime does with `--faces auto`, and counts.

    Args:
        outputs: of the model, a row for each image.
        images: labelled images; those that are not known are read again to search them for faces, where
            people are answered.
        policy: a manifest or a run's record.

    Raises:
        InputError: the detector is unknown, or an image cannot be read.
        EngineError: the detector cannot run on this machine.
    """
    shown = np.array(policy.labels)
    hits = shown[outputs.probabilities.argmax(axis=1)] == shown[labels_of(images)]
    others = {Kind.PERSON: "person", Kind.UNKNOWN: "withheld"}
    counts = Counter(
        others.get(kind, "right" if hit else "wrong")
        for kind, hit in zip(answered_kinds(outputs, images, policy), hits, strict=True)
    )
    return Delivered(
        **{name: counts[name] / len(images) for name in ("right", "wrong", "withheld", "person")}
    )


def answered_kinds(
    outputs: ModelOutputs, images: Sequence[LabelledImage], policy: AnswerPolicy
) -> list[Kind]:
    """Known, person or unknown, for each image."""
    if policy.task.multi_label:
        known = np.asarray(are_present(outputs.probabilities, policy.thresholds).any(axis=1), bool)
    else:
        known = are_known(outputs, policy.rejection)
    if known.all() or not policy.task.people:
        return [decide(bool(one), None) for one in known]
    detector = open_detector(policy.detector.name, policy.detector.settings)
    return [
        decide(bool(one), None if one else _faces(detector, image))
        for one, image in zip(known, images, strict=True)
    ]


def _faces(detector: Detector, image: LabelledImage) -> list[Detection]:
    return [found for found in detector.detect(read_photo(image.path)) if found.label == FACE]


def describe_unknown(policy: AnswerPolicy) -> str:
    """When 'unknown' is answered, or why it never is, in a line of text."""
    task, rejection = policy.task, policy.rejection
    if task.multi_label:
        return describe_label_thresholds(policy.labels, policy.thresholds, task.words.unknown)
    line = rejection.describe(task.words.unknown)
    if task.people and rejection.threshold is None:
        return f"{line}; nobody can be answered as a person then, as every image is answered with a class"
    return line
