"""What the runtime answers to an image."""

from dataclasses import dataclass, field
from typing import Any

from edgebreed.edge.boxes import Box
from edgebreed.str_enum import StrEnum


class Kind(StrEnum):
    """What an image shows."""

    KNOWN = "known"  # one of the model's classes
    PERSON = "person"  # a person, where the model answers people; classes are then what they resemble
    UNKNOWN = "unknown"  # none of these


@dataclass(frozen=True)
class Prediction:
    """A class and its probability.

    Attributes:
        label: display name of the class.
        probability: of the class, 0 to 1.
    """

    label: str
    probability: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"label": self.label, "probability": self.probability}


@dataclass(frozen=True)
class Result:
    """The answer to one image; hashable and picklable. Two are equal whatever time they took.

    Attributes:
        source: the file, or the camera and frame number.
        kind: a known class, a person, or unknown.
        top: up to five classes, most probable first; for a person, the classes they resemble.
        summary: the answer as a sentence, in the model's own words.
        faces: boxes in pixels of the source, largest first; None where none were searched.
        stages_ms: time of each stage in ms; of an image in a batch, its share of the batch's time.
        labels: of a multi-label model, every label at or above its threshold, most probable first; None of a
            model whose classes exclude one another.
    """

    source: str
    kind: Kind
    top: tuple[Prediction, ...]
    summary: str
    faces: tuple[Box, ...] | None = None
    stages_ms: dict[str, float] = field(default_factory=dict, compare=False)
    labels: tuple[Prediction, ...] | None = None

    @property
    def label(self) -> str | None:
        """The most probable class; None where the kind is unknown."""
        return None if self.kind is Kind.UNKNOWN else self._best.label

    @property
    def probability(self) -> float:
        """Probability of the most probable class."""
        return self._best.probability

    @property
    def answer(self) -> tuple[Kind, frozenset[str]]:
        """Kind and labels without probabilities, by which it is told whether an answer has changed."""
        labels = self.labels or (() if self.label is None else (self._best,))
        return self.kind, frozenset(one.label for one in labels)

    @property
    def _best(self) -> Prediction:
        """Of a multi-label model the most probable label of those above their thresholds, if there is one."""
        return (self.labels or self.top)[0]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `labels` is there for a multi-label model alone."""
        return {
            "source": self.source,
            "kind": self.kind.value,
            "label": self.label,
            "probability": self.probability,
            **({} if self.labels is None else {"labels": [one.to_dict() for one in self.labels]}),
            "top": [one.to_dict() for one in self.top],
            "summary": self.summary,
            "faces": None if self.faces is None else [list(box) for box in self.faces],
            "stages_ms": self.stages_ms,
        }
