"""The settings of the face detector that are tried, with the speed and recall of each."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import cv2

from edgebreed.benchmarks.machine.clock import Clock, SystemClock
from edgebreed.edge.detectors import Detection, HaarDetector, HaarSettings
from edgebreed.edge.detectors.cascade import cascade_folder
from edgebreed.edge.images import Frame

TRIED_SETTINGS = (
    HaarSettings(),
    HaarSettings(profile=False),
    HaarSettings(tilt=0, profile=False),
    HaarSettings(smallest_side=240, largest_side=360, min_share=0.1, tilt=0, profile=False),
)
"""The runtime's own settings first. On a frame 1280 px wide each makes a different search."""

ROUNDS = 3


class OpenCVDefaultDetector:
    """The baseline: `detectMultiScale` with its defaults (scale factor 1.1, 3 neighbours) on whole frames."""

    def __init__(self) -> None:
        self._cascade = cv2.CascadeClassifier(str(cascade_folder() / "haarcascade_frontalface_default.xml"))

    def detect(self, frame: Frame) -> list[Detection]:
        """The faces in a `(H, W, 3) uint8 BGR` frame, in OpenCV's order."""
        found = self._cascade.detectMultiScale(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
        return [
            Detection((int(left), int(top), int(width), int(height))) for left, top, width, height in found
        ]


@dataclass(frozen=True)
class DetectorScore:
    """Speed and recall of a setting.

    Attributes:
        settings: the setting.
        p50_ms: median time of a frame of either kind, in ms.
        recall: share of the frames with a person in which it found a face.
        false_positives: share of the other frames in which it found one.
        people: number of frames with a person.
        others: number of other frames.
    """

    settings: HaarSettings
    p50_ms: float
    recall: float
    false_positives: float
    people: int
    others: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return asdict(self)


def score_detectors(
    people: Sequence[Frame],
    others: Sequence[Frame],
    settings: Sequence[HaarSettings] = TRIED_SETTINGS,
    clock: Clock | None = None,
) -> list[DetectorScore]:
    """Runs each setting on all frames several times, in a random order.

    Args:
        people: frames `(H, W, 3) uint8 BGR` that show a person.
        others: frames that show none.
        settings: what to try.
        clock: None takes the system's.
    """
    frames = [*people, *others]
    times_ms, found = _run_detectors([HaarDetector(one) for one in settings], frames, clock or SystemClock())
    with_person = set(range(len(people)))
    return [
        DetectorScore(
            settings=one,
            p50_ms=median(times_ms[number]),
            recall=len(found[number] & with_person) / max(1, len(people)),
            false_positives=len(found[number] - with_person) / max(1, len(others)),
            people=len(people),
            others=len(others),
        )
        for number, one in enumerate(settings)
    ]


def _run_detectors(
    detectors: Sequence[HaarDetector], frames: Sequence[Frame], clock: Clock
) -> tuple[list[list[float]], list[set[int]]]:
    """Each detector's times in ms, and the numbers of the frames in which it found a face."""
    rng = random.Random(0)
    jobs = [(number, frame) for number in range(len(detectors)) for frame in range(len(frames))] * ROUNDS
    times_ms: list[list[float]] = [[] for _ in detectors]
    found: list[set[int]] = [set() for _ in detectors]
    for number, frame in rng.sample(jobs, len(jobs)):
        start = clock.now()
        boxes = detectors[number].detect(frames[frame])
        times_ms[number].append((clock.now() - start) * 1e3)
        if boxes:
            found[number].add(frame)
    return times_ms, found


def choose_detector(scores: Sequence[DetectorScore]) -> DetectorScore:
    """The fastest whose recall is not below the runtime's own setting, with no more false positives."""
    own = scores[0]
    as_good = [
        score
        for score in scores
        if score.recall >= own.recall and score.false_positives <= own.false_positives
    ]
    return min(as_good, key=lambda score: score.p50_ms)
