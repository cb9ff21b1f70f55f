"""Tracks faces from frame to frame, so that single misses of the detector do not make boxes flicker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgebreed.edge.boxes import Box, overlap

MIN_OVERLAP = 0.3  # intersection over union of a track and a detection of the same face
MAX_MISSED = 2  # detections in a row that may miss a confirmed face
SMOOTHING = 0.5  # weight of a new detection in a track's box


@dataclass(eq=False)  # tracks are compared by identity: two faces may have equal boxes
class Track:
    """A face over time.

    Attributes:
        box: left, top, width and height in px, averaged over detections.
        missed: detections since the last match.
        confirmed: whether it was detected twice, or in the first frame of its scene; others are not
            reported, because most of them are false positives.
    """

    box: tuple[float, float, float, float]
    missed: int = 0
    confirmed: bool = False

    def match(self, box: Box) -> None:
        """Updates the track with a detection of the same face."""
        left, top, width, height = (
            old + SMOOTHING * (new - old) for old, new in zip(self.box, box, strict=True)
        )
        self.box = (left, top, width, height)
        self.missed, self.confirmed = 0, True

    @property
    def rounded(self) -> Box:
        """The box in whole px."""
        left, top, width, height = (round(value) for value in self.box)
        return left, top, width, height


class FaceTracker:
    """Keeps faces between detections and through single misses; detections are matched by overlap.

    Args:
        detect_every: frames from one detection to the next.
        smooth: whether boxes are averaged, and single misses and single detections are ignored.
    """

    def __init__(self, detect_every: int = 1, smooth: bool = True) -> None:
        if detect_every < 1:
            raise ValueError(f"a detection every {detect_every} frames: at least 1 is needed")
        self._detect_every, self._smooth, self._wait, self._scene = detect_every, smooth, 0, -1
        self._tracks: list[Track] = []

    def update(self, detect: Callable[[], Sequence[Box]], scene: int) -> list[Box]:
        """The faces of the next frame, largest first.

        Args:
            detect: finds faces in the frame; only called when a detection is due.
            scene: the frame's scene number; a new scene discards all tracks.
        """
        new = scene != self._scene
        if new:
            self.reset()
        if self._wait == 0:
            if not self._smooth:
                self._tracks = []
            self._match(detect(), confirmed=new or not self._smooth)
            uncertain = any(not track.confirmed or track.missed for track in self._tracks)
            self._wait = 1 if uncertain else self._detect_every
        self._wait, self._scene = self._wait - 1, scene
        boxes = [track.rounded for track in self._tracks if track.confirmed]
        return sorted(boxes, key=lambda box: -box[2] * box[3])

    def reset(self) -> None:
        """Starts afresh, such as after a frame in which faces were not searched."""
        self._tracks, self._wait, self._scene = [], 0, -1

    def _match(self, boxes: Sequence[Box], confirmed: bool) -> None:
        """Gives each track its best detection, and starts new tracks from the detections left over."""
        pairs = [(overlap(track.box, box), track, box) for track in self._tracks for box in boxes]
        free, lost = list(boxes), list(self._tracks)
        for share, track, box in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= MIN_OVERLAP and track in lost and box in free:
                track.match(box)
                lost.remove(track)
                free.remove(box)
        for track in lost:
            track.missed += 1
        kept = [track for track in self._tracks if track.missed <= (MAX_MISSED if track.confirmed else 0)]
        self._tracks = kept + [Track(tuple(map(float, box)), confirmed=confirmed) for box in free]  # type: ignore[arg-type]  # a box has four numbers
