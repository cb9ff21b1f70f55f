"""What a detector is to the rest of the runtime."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from edgebreed.edge.boxes import Box
from edgebreed.edge.images import Frame

FACE = "face"


class Detection(NamedTuple):
    """A box with what is in it.

    Attributes:
        box: left, top, width and height in pixels of the frame.
        label: what it is, such as `face`.
        score: how sure the detector is; larger is surer, on the detector's own scale.
    """

    box: Box
    label: str = FACE
    score: float = 1.0


class Detector(Protocol):
    """Finds objects in frames; one detector may serve several threads at once."""

    def detect(self, frame: Frame) -> list[Detection]:
        """What is in a `(H, W, 3) uint8 BGR` frame, largest box first."""
        ...


class NoDetector:
    """Finds nothing, and costs nothing: for models that do not answer people."""

    def detect(self, frame: Frame) -> list[Detection]:
        """An empty list."""
        del frame
        return []


@dataclass(frozen=True)
class FixedDetector:
    """Finds the same faces in every frame: for tests, and for trying a stream without a camera."""

    boxes: tuple[Box, ...] = ()

    def detect(self, frame: Frame) -> list[Detection]:
        """The boxes that it was made with."""
        del frame
        return [Detection(box) for box in self.boxes]


def largest_first(detections: list[Detection]) -> list[Detection]:
    """Detections in the order of their boxes' areas."""
    return sorted(detections, key=lambda found: -found.box[2] * found.box[3])
