"""Faces by OpenCV's Haar cascades (Viola & Jones 2001)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from edgebreed.edge.boxes import Box
from edgebreed.edge.cascade import (
    PATCH,
    Cascade,
    Grey,
    cascade_folder,
    face_patch,
    grouped,
    scaled,
    shrunk,
    tilted,
)
from edgebreed.edge.images import Frame

JUDGES_STEP, PROFILE_STEP = 1.1, 1.25
MOST_OVERLAP = 0.3  # of two boxes of one frame; more, and they are one face


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
    """Cost against recall.

    Attributes:
        smallest_side: px of the longer side that a frame is searched at, at least (never enlarged), ...
        largest_side: ... at most, so that the cost does not grow with the camera's resolution, ...
        share: ... and in between this share of the frame's own.
        scale_factor: step between the sizes that are searched.
        min_share: smallest face searched, as a share of the shorter side; never under 20 px there.
        min_support: windows that the judges must find on a candidate; more is stricter.
        tilt: degrees to either side that the judges also try.
        profile: whether faces from the side are searched where there is none from the front.
        profile_side: px of the longer side for that search.
        profile_neighbors: overlapping windows that make a face from the side.
    """

    smallest_side: int = 320
    largest_side: int = 640
    share: float = 1 / 3
    scale_factor: float = 1.15
    min_share: float = 0.0
    min_support: int = 10
    tilt: int = 15
    profile: bool = True
    profile_side: int = 128
    profile_neighbors: int = 2

    def __post_init__(self) -> None:
        fits = 24 <= self.smallest_side <= self.largest_side and self.profile_side >= 24
        if self.scale_factor <= 1 or not 0 <= self.min_share < 1 or not fits:
            raise ValueError(
                f"{self}: scale_factor > 1, 0 <= min_share < 1 and sides of 24 px or more in order are needed"
            )


class HaarDetector:
    """Faces from the front, tilted a little or not, and from either side.

    One cascade proposes with a coarse step and no demand on neighbours, which costs little and misses
    little; two others judge the few candidates on a finer step, upright and tilted, from the frame's own
    pixels. The time goes into the proposals alone, and the recall of a fine search is kept.

    Args:
        settings: cost against recall.
        folder: where the cascade files are; that of this OpenCV by default.

    Raises:
        EngineError: this OpenCV has no cascade classifier, or a file is no cascade.
    """

    def __init__(self, settings: HaarSettings | None = None, folder: Path | None = None) -> None:
        self.settings = settings or HaarSettings()
        folder = folder or cascade_folder()
        self._proposer = Cascade(folder / "haarcascade_frontalface_default.xml")
        names = ("alt2", "alt")
        self._judges = [Cascade(folder / f"haarcascade_frontalface_{name}.xml") for name in names]
        self._profile = Cascade(folder / "haarcascade_profileface.xml")

    def detect(self, frame: Frame) -> list[Box]:
        """Finds faces in a `(H, W, 3) uint8 BGR` frame.

        Returns:
            Boxes in pixels of the frame, largest first.
        """
        grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
        faces = self._frontal(grey) or (self._profiles(grey) if self.settings.profile else [])
        return sorted(faces, key=lambda box: -box[2] * box[3])

    def _frontal(self, grey: Grey) -> list[Box]:
        settings, longer = self.settings, max(grey.shape)
        side = min(settings.largest_side, max(settings.smallest_side, longer * settings.share))
        small, ratio = shrunk(grey, side)
        smallest = round(min(small.shape) * settings.min_share)
        windows = self._proposer.windows(small, settings.scale_factor, smallest)
        boxes = [scaled(box, ratio) for box in grouped(windows, 0)]
        support = [self._support(grey, box) for box in boxes]
        kept = cv2.dnn.NMSBoxes(boxes, support, settings.min_support - 0.5, MOST_OVERLAP)
        return [boxes[index] for index in kept]

    def _support(self, grey: Grey, box: Box) -> float:
        """Windows that the judges find on a candidate, at the tilt at which they find most."""
        patch = face_patch(grey, box)
        most = 0
        for tilt in (0, self.settings.tilt, -self.settings.tilt):
            turned = tilted(patch, tilt) if tilt else patch
            found = sum(len(judge.windows(turned, JUDGES_STEP, PATCH // 2 - 2)) for judge in self._judges)
            most = max(most, found)
            if most >= self.settings.min_support:
                break
        return float(most)

    def _profiles(self, grey: Grey) -> list[Box]:
        """Faces from the left, and from the right by a mirror: the cascade knows one side."""
        small, ratio = shrunk(grey, self.settings.profile_side)
        width, neighbours = small.shape[1], self.settings.profile_neighbors
        one_way = grouped(self._profile.windows(small, PROFILE_STEP), neighbours)
        mirror = np.asarray(cv2.flip(small, 1), np.uint8)
        other_way = [
            (width - left - across, top, across, down)
            for left, top, across, down in grouped(self._profile.windows(mirror, PROFILE_STEP), neighbours)
        ]
        return [scaled(box, ratio) for box in one_way + other_way]
