"""Faces by OpenCV's Haar cascades (Viola & Jones 2001)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgebreed.edge.boxes import Box
from edgebreed.edge.detectors.cascade import (
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
from edgebreed.edge.detectors.detector import FACE, Detection, largest_first
from edgebreed.edge.images import Frame, checked_frame
from edgebreed.edge.json_fields import bounded_number

VERIFY_STEP, PROFILE_STEP = 1.1, 1.25  # growth of the search window from one size to the next
MAX_OVERLAP = 0.3  # intersection over union; of two boxes that overlap by more, the better supported stays


BOUNDS: dict[str, tuple[float, float]] = {
    "smallest_side": (24, 4096),
    "largest_side": (24, 4096),
    "share": (0, 1),
    "scale_factor": (1.01, 4),  # of 1.0001, a frame takes minutes
    "min_share": (0, 0.99),
    "min_support": (0, 1000),
    "tilt": (0, 45),
    "profile_side": (24, 4096),
    "profile_neighbors": (0, 1000),
}
"""What each number of the settings may be, both ends included: they decide what a frame costs."""


@dataclass(frozen=True)
class HaarSettings:
    """Settings of the face search, which trade cost against recall.

    Attributes:
        smallest_side: least px of the longer side that a frame is searched at; it is never enlarged.
        largest_side: most px of it, so that the cost does not grow with the camera's resolution.
        share: between the two, the searched side as a share of the frame's own.
        scale_factor: growth of the search window from one size to the next.
        min_share: smallest face searched, as a share of the shorter side; at least 20 px.
        min_support: windows that the verifying cascades must find on a candidate; more is stricter.
        tilt: degrees to either side that a candidate is also verified at.
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

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> "HaarSettings":
        """From the settings that a manifest holds.

        Raises:
            ValueError: one is unknown, or not what is allowed.
        """
        known = [field.name for field in fields(cls)]
        for name in sorted(settings.keys() - set(known)):
            raise ValueError(f"{name} is no setting of this edgebreed: {', '.join(known)} are allowed")
        return cls(**settings)

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            bounded_number(name, getattr(self, name), least, most)
        if not isinstance(self.profile, bool):
            raise ValueError(f"profile is {self.profile!r}: true or false is allowed")  # noqa: TRY004  # of a file
        if self.smallest_side > self.largest_side:
            raise ValueError(f"smallest_side is {self.smallest_side}: at most largest_side is allowed")


class _Cascades:
    """The four cascades of one thread; OpenCV's classifier gives wrong boxes where threads share it."""

    def __init__(self, folder: Path) -> None:
        frontal = [
            Cascade(folder / f"haarcascade_frontalface_{name}.xml") for name in ("default", "alt2", "alt")
        ]
        self.propose, self.verify = frontal[0], frontal[1:]
        self.profile = Cascade(folder / "haarcascade_profileface.xml")


class HaarDetector:
    """Finds faces from the front, up to 15 degrees tilted, and from either side.

    A first cascade proposes candidates with a coarse step and no demand on neighbours: cheap, and it misses
    few. Two others verify the few candidates with a finer step, upright and tilted, on the frame's own
    pixels. So the recall of a fine search costs little more than the proposals.

    It may be shared between threads: each has cascades of its own.

    Args:
        settings: cost against recall.
        folder: where the cascade files are; that of this OpenCV by default.

    Raises:
        EngineError: this OpenCV has no cascade classifier, or a file is no cascade.
    """

    def __init__(self, settings: HaarSettings | None = None, folder: Path | None = None) -> None:
        self.settings = settings or HaarSettings()
        self._folder = folder or cascade_folder()
        self._local = threading.local()
        self._local.cascades = _Cascades(self._folder)  # now, so that a missing file is an error at the start

    def detect(self, frame: Frame) -> list[Detection]:
        """Finds faces in a `(H, W, 3) uint8 BGR` frame.

        Returns:
            Boxes in pixels of the frame, largest first. The score is the number of windows that the
            verifying cascades found on a face; 0 for one from the side, which nothing verifies.

        Raises:
            ImageError: the frame is of another shape or type.
        """
        grey = np.asarray(cv2.cvtColor(checked_frame(frame), cv2.COLOR_BGR2GRAY), np.uint8)
        cascades = self._cascades
        faces = self._frontal(grey, cascades)
        if not faces and self.settings.profile:
            faces = self._profiles(grey, cascades.profile)
        return largest_first(faces)

    @property
    def _cascades(self) -> _Cascades:
        if not hasattr(self._local, "cascades"):
            self._local.cascades = _Cascades(self._folder)
        cascades: _Cascades = self._local.cascades
        return cascades

    def _frontal(self, grey: Grey, cascades: _Cascades) -> list[Detection]:
        settings, longer = self.settings, max(grey.shape)
        side = min(settings.largest_side, max(settings.smallest_side, longer * settings.share))
        small, ratio = shrunk(grey, side)
        smallest = round(min(small.shape) * settings.min_share)
        windows = cascades.propose.windows(small, settings.scale_factor, smallest)
        boxes = [scaled(box, ratio) for box in grouped(windows, 0)]
        support = [self._support(grey, box, cascades.verify) for box in boxes]
        kept = cv2.dnn.NMSBoxes(boxes, support, settings.min_support - 0.5, MAX_OVERLAP)
        return [Detection(boxes[index], FACE, support[index]) for index in kept]

    def _support(self, grey: Grey, box: Box, verify: list[Cascade]) -> float:
        """Windows that the verifying cascades find on a candidate, at the tilt at which they find most."""
        patch = face_patch(grey, box)
        most = 0
        for tilt in (0, self.settings.tilt, -self.settings.tilt):
            turned = tilted(patch, tilt) if tilt else patch
            found = sum(len(cascade.windows(turned, VERIFY_STEP, PATCH // 2 - 2)) for cascade in verify)
            most = max(most, found)
            if most >= self.settings.min_support:
                break
        return float(most)

    def _profiles(self, grey: Grey, profile: Cascade) -> list[Detection]:
        """Faces from the left, and from the right in a mirrored picture: the cascade knows one side."""
        small, ratio = shrunk(grey, self.settings.profile_side)
        width, neighbours = small.shape[1], self.settings.profile_neighbors
        left_facing = grouped(profile.windows(small, PROFILE_STEP), neighbours)
        mirror = np.asarray(cv2.flip(small, 1), np.uint8)
        right_facing = [
            (width - left - across, top, across, down)
            for left, top, across, down in grouped(profile.windows(mirror, PROFILE_STEP), neighbours)
        ]
        return [Detection(scaled(box, ratio), FACE, 0.0) for box in left_facing + right_facing]
