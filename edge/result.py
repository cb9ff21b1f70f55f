"""What the runtime answers to a frame."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from edgebreed.edge.boxes import Box


class Kind(StrEnum):
    """What a photo shows."""

    DOG = "dog"
    HUMAN = "human"
    NEITHER = "neither"


@dataclass(frozen=True)
class Guess:
    """A breed and its probability."""

    breed: str
    probability: float


@dataclass(frozen=True)
class Result:
    """The answer to one frame.

    Attributes:
        source: the file, or the camera and frame number.
        kind: dog, human or neither.
        top: the likeliest breeds, likeliest first; for a person, the breeds they resemble.
        faces: boxes in pixels of the source.
        stages_ms: how long each stage took, in ms.
    """

    source: str
    kind: Kind
    top: tuple[Guess, ...]
    faces: tuple[Box, ...] = ()
    stages_ms: dict[str, float] = field(default_factory=dict)

    @property
    def breed(self) -> str | None:
        """The likeliest breed; None where the photo shows neither a dog nor a person."""
        return None if self.kind is Kind.NEITHER else self.top[0].breed

    @property
    def probability(self) -> float:
        """Probability of the likeliest breed."""
        return self.top[0].probability

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "source": self.source,
            "kind": self.kind.value,
            "breed": self.breed,
            "probability": self.probability,
            "top": [{"breed": guess.breed, "probability": guess.probability} for guess in self.top],
            "faces": [list(box) for box in self.faces],
            "stages_ms": self.stages_ms,
        }

    def sentence(self) -> str:
        """The answer as a person would say it."""
        if self.kind is Kind.NEITHER:
            return "neither a dog nor a person"
        verb = "dog" if self.kind is Kind.DOG else "person, resembles"
        return f"{verb}: {self.breed} ({self.probability:.0%})"
