"""The face search's settings that are tried, and what each costs and finds."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from edgebreed.benchmarks.clock import Clock, SystemClock
from edgebreed.edge.detectors import HaarDetector, HaarSettings
from edgebreed.edge.images import Frame

TRIED = (
    HaarSettings(),
    HaarSettings(profile=False),
    HaarSettings(tilt=0, profile=False),
    HaarSettings(smallest_side=240, largest_side=360, min_share=0.1, tilt=0, profile=False),
)
"""The runtime's own setting first; each searches a frame 1280 px wide in another way."""

ROUNDS = 3


@dataclass(frozen=True)
class DetectorScore:
    """What a setting does with frames of people and of no people.

    Attributes:
        settings: the setting.
        p50_ms: median time of a frame of either kind, in ms.
        recall: share of frames of people in which it found a face.
        false_positives: share of the other frames in which it found one.
        people: frames of people.
        others: other frames.
    """

    settings: HaarSettings
    p50_ms: float
    recall: float
    false_positives: float
    people: int
    others: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**vars(self), "settings": asdict(self.settings)}


def score_detectors(
    people: Sequence[Frame],
    others: Sequence[Frame],
    settings: Sequence[HaarSettings] = TRIED,
    clock: Clock | None = None,
) -> list[DetectorScore]:
    """Searches all frames with each setting, in a random order, a few times.

    Args:
        people: frames `(H, W, 3) uint8 BGR` that show a person.
        others: frames that show none.
        settings: what to try.
        clock: measures; None takes the machine's.
    """
    clock, chance = clock or SystemClock(), random.Random(0)
    detectors = [HaarDetector(one) for one in settings]
    frames = [(frame, True) for frame in people] + [(frame, False) for frame in others]
    jobs = [(place, frame) for place in range(len(detectors)) for frame in range(len(frames))] * ROUNDS
    times: list[list[float]] = [[] for _ in detectors]
    found: list[set[int]] = [set() for _ in detectors]
    for place, frame in chance.sample(jobs, len(jobs)):
        start = clock.now()
        boxes = detectors[place].detect(frames[frame][0])
        times[place].append((clock.now() - start) * 1e3)
        if boxes:
            found[place].add(frame)
    with_person = {number for number, (_, person) in enumerate(frames) if person}
    return [
        DetectorScore(
            settings=one,
            p50_ms=median(times[place]),
            recall=len(found[place] & with_person) / max(1, len(people)),
            false_positives=len(found[place] - with_person) / max(1, len(others)),
            people=len(people),
            others=len(others),
        )
        for place, one in enumerate(settings)
    ]


def choose_detector(scores: Sequence[DetectorScore]) -> DetectorScore:
    """The fastest that finds as many people as the runtime's own setting, with no more false alarms."""
    own = scores[0]
    as_good = [
        score
        for score in scores
        if score.recall >= own.recall and score.false_positives <= own.false_positives
    ]
    return min(as_good, key=lambda score: score.p50_ms)
