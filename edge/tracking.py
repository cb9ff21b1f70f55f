"""Tracks faces from frame to frame, so that boxes do not flicker with single misses of the detector."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edgebreed.edge.boxes import Box, overlap

MIN_OVERLAP = 0.3  # of a track and a detection of the same face; the two move between detections
PATIENCE = 2  # detections that a face may be missed in
STEP = 0.5  # how far a box goes towards each new detection


@dataclass(eq=False)  # two faces are two, also where their numbers agree
class Track:
    """A face over time.

    Attributes:
        box: where it is, averaged.
        hits: detections that found it.
        missed: detections since, that did not.
        shown: whether it is told; a face must be found twice, else the detector's single errors would be.
    """

    box: tuple[float, float, float, float]
    hits: int = 1
    missed: int = 0
    shown: bool = False

    def found(self, box: Box) -> None:
        """A detection found it again."""
        left, top, width, height = (old + STEP * (new - old) for old, new in zip(self.box, box, strict=True))
        self.box = (left, top, width, height)
        self.hits, self.missed, self.shown = self.hits + 1, 0, True

    @property
    def rounded(self) -> Box:
        """Where it is, in whole px."""
        left, top, width, height = (round(value) for value in self.box)
        return left, top, width, height


class FaceTracker:
    """Faces between detections and through single misses, matched by overlap.

    Args:
        every: frames from one detection to the next.
        steady: whether single misses and single finds are passed over, and boxes averaged.
    """

    def __init__(self, every: int = 1, steady: bool = True) -> None:
        if every < 1:
            raise ValueError(f"a detection every {every} frames: at least 1 is needed")
        self._every, self._steady, self._wait, self._scene = every, steady, 0, -1
        self._tracks: list[Track] = []

    def faces(self, detect: Callable[[], Sequence[Box]], scene: int) -> list[Box]:
        """The faces of the next frame, largest first.

        Args:
            detect: searches the frame; it is called where a detection is due.
            scene: number of the scene; in a new one nothing is carried over.
        """
        if scene != self._scene:
            self._tracks, self._wait = [], 0
        if self._wait == 0:
            if not self._steady:
                self._tracks = []
            self._match(detect(), first=scene != self._scene or not self._steady)
            doubtful = any(not track.shown or track.missed for track in self._tracks)
            self._wait = 1 if doubtful else self._every
        self._wait, self._scene = self._wait - 1, scene
        shown = [track.rounded for track in self._tracks if track.shown]
        return sorted(shown, key=lambda box: -box[2] * box[3])

    def skip(self) -> None:
        """A frame in which faces were not searched: nothing is carried over it."""
        self._tracks, self._wait = [], 0

    def _match(self, boxes: Sequence[Box], first: bool) -> None:
        """Gives each track its best detection; what nobody claims starts a track of its own."""
        pairs = [(overlap(track.box, box), track, box) for track in self._tracks for box in boxes]
        free, lost = list(boxes), list(self._tracks)
        for share, track, box in sorted(pairs, key=lambda pair: -pair[0]):
            if share >= MIN_OVERLAP and track in lost and box in free:
                track.found(box)
                lost.remove(track)
                free.remove(box)
        for track in lost:
            track.missed += 1
        kept = [track for track in self._tracks if track.missed <= (PATIENCE if track.shown else 0)]
        self._tracks = kept + [Track(tuple(map(float, box)), shown=first) for box in free]  # type: ignore[arg-type]  # a box has four numbers
