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
    """

    source: str
    kind: Kind
    top: tuple[Prediction, ...]
    summary: str
    faces: tuple[Box, ...] | None = None
    stages_ms: dict[str, float] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str | None:
        """The most probable class; None where the kind is unknown."""
        return None if self.kind is Kind.UNKNOWN else self.top[0].label

    @property
    def probability(self) -> float:
        """Probability of the most probable class."""
        return self.top[0].probability

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "source": self.source,
            "kind": self.kind.value,
            "label": self.label,
            "probability": self.probability,
            "top": [{"label": one.label, "probability": one.probability} for one in self.top],
            "summary": self.summary,
            "faces": None if self.faces is None else [list(box) for box in self.faces],
            "stages_ms": self.stages_ms,
        }
