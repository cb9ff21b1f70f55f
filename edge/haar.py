"""Faces by OpenCV's Haar cascades (Viola & Jones 2001)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2

from edgebreed.edge.images import Frame
from edgebreed.errors import EngineError

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the frame."""

CASCADE = "haarcascade_frontalface_alt.xml"
_SYSTEM_FOLDERS = (Path("/usr/share/opencv4/haarcascades"), Path("/usr/local/share/opencv4/haarcascades"))


class Detector(Protocol):
    """Finds faces."""

    def detect(self, frame: Frame) -> list[Box]:
        """Boxes of the faces in a `(H, W, 3) uint8 BGR` frame, largest first."""
        ...


@dataclass(frozen=True)
class FixedDetector:
    """Finds the same boxes in every frame: for tests, and for streams that need no faces."""

    boxes: tuple[Box, ...] = ()

    def detect(self, frame: Frame) -> list[Box]:
        """The boxes it was made with."""
        return list(self.boxes)


@dataclass(frozen=True)
class HaarSettings:
    """Cost against recall of the cascade.

    Attributes:
        working_side: the frame's longer side is shrunk to at most this many px before the search, so
            that the cost does not grow with the camera's resolution.
        scale_factor: step between the sizes that are searched.
        min_neighbors: overlapping hits that make a face; more is stricter.
        min_share: smallest face searched, as a share of the shorter side.
    """

    working_side: int = 480
    scale_factor: float = 1.1
    min_neighbors: int = 4
    min_share: float = 0.1

    def __post_init__(self) -> None:
        if self.scale_factor <= 1 or not 0 <= self.min_share < 1 or self.working_side < 24:
            raise ValueError(
                f"{self}: scale_factor > 1, 0 <= min_share < 1 and working_side >= 24 are needed"
            )


class HaarDetector:
    """Frontal faces on a bounded working size.

    Args:
        settings: cost against recall.
        cascade: a cascade file; the one that comes with OpenCV by default.

    Raises:
        EngineError: this OpenCV has no cascade classifier, or the file is no cascade.
    """

    def __init__(self, settings: HaarSettings | None = None, cascade: Path | None = None) -> None:
        self.settings = settings or HaarSettings()
        path = cascade or _cascade_path()
        if not hasattr(cv2, "CascadeClassifier"):
            raise EngineError(
                f'OpenCV {cv2.__version__} has no CascadeClassifier: `pip install "opencv-python<5"`'
            )
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise EngineError(f"{path} is no Haar cascade: give one of OpenCV's haarcascade_*.xml files")

    def detect(self, frame: Frame) -> list[Box]:
        """Finds faces in a `(H, W, 3) uint8 BGR` frame.

        Returns:
            Boxes in pixels of the frame, largest first.
        """
        settings = self.settings
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        ratio = min(1.0, settings.working_side / max(grey.shape))
        if ratio < 1:
            grey = cv2.resize(grey, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        smallest = max(20, round(min(grey.shape) * settings.min_share))
        found = self._cascade.detectMultiScale(
            cv2.equalizeHist(grey),
            scaleFactor=settings.scale_factor,
            minNeighbors=settings.min_neighbors,
            minSize=(smallest, smallest),
        )
        return sorted((_in_frame(box, ratio) for box in found), key=lambda box: -box[2] * box[3])


def _in_frame(box: "cv2.typing.Rect", ratio: float) -> Box:
    left, top, width, height = (round(float(value) / ratio) for value in box)
    return left, top, width, height


def _cascade_path() -> Path:
    """Where OpenCV keeps its cascades: in the wheel, or where Debian and JetPack put them."""
    wheel = [Path(cv2.data.haarcascades)] if hasattr(cv2, "data") else []
    paths = [folder / CASCADE for folder in (*wheel, *_SYSTEM_FOLDERS)]
    for path in paths:
        if path.is_file():
            return path
    raise EngineError(f"no {CASCADE} on this machine: install opencv-python<5 or Debian's opencv-data")
