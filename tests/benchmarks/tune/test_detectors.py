"""The face search's settings that are tried."""

from dataclasses import replace

import numpy as np

from edgebreed.benchmarks.tune.detectors import TRIED, DetectorScore, choose_detector, score_detectors
from edgebreed.edge.detectors import HaarSettings


def score(place: int, ms: float, recall: float, alarms: float = 0.0) -> DetectorScore:
    """A setting's score."""
    return DetectorScore(TRIED[place], ms, recall, alarms, 40, 24)


def test_faster_must_not_find_fewer_people() -> None:
    """Nor more faces where there are none."""
    scores = [score(0, 20.0, 0.95), score(1, 12.0, 0.95), score(2, 5.0, 0.9), score(3, 4.0, 1.0, alarms=0.1)]
    assert TRIED[1] == choose_detector(scores).settings
    assert TRIED[0] == choose_detector([score(0, 9.0, 0.95), score(1, 12.0, 1.0)]).settings


def test_the_runtimes_own_setting_is_tried_first() -> None:
    """It is what the others are held against."""
    assert HaarSettings() == TRIED[0]


def test_no_two_settings_are_the_same_search() -> None:
    """On the frames that are measured, 1280 px wide: a third of that lies under some largest sides."""
    ways = {
        replace(one, smallest_side=24, largest_side=int(side), share=side / 1280)
        for one in TRIED
        for side in [min(one.largest_side, max(one.smallest_side, 1280 * one.share))]
    }
    assert len(TRIED) == len(ways)


def test_every_setting_searches_every_frame() -> None:
    """Shares of the frames, whatever the order."""
    blank = [np.full((90, 160, 3), 90, np.uint8)] * 2
    scores = score_detectors(blank, blank, TRIED[:2])
    assert [(0.0, 0.0, 2, 2)] * 2 == [(s.recall, s.false_positives, s.people, s.others) for s in scores]
    assert all(one.p50_ms > 0 for one in scores)
    assert TRIED[0].scale_factor == scores[0].to_dict()["settings"]["scale_factor"]
