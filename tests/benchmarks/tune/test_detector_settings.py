"""The face detector's settings that are tried."""

from dataclasses import replace

import numpy as np
import pytest

from edgebreed.benchmarks.tune.detector_settings import (
    TRIED_SETTINGS,
    DetectorScore,
    OpenCVDefaultDetector,
    choose_detector,
    score_detectors,
)
from edgebreed.edge.detectors import HaarSettings

from ...conftest import GREY, plain


def score(place: int, ms: float, recall: float, alarms: float = 0.0) -> DetectorScore:
    """A setting's score."""
    return DetectorScore(TRIED_SETTINGS[place], ms, recall, alarms, 40, 24)


def test_faster_settings_must_not_find_fewer_people() -> None:
    """Nor more faces where there are none."""
    scores = [score(0, 20.0, 0.95), score(1, 12.0, 0.95), score(2, 5.0, 0.9), score(3, 4.0, 1.0, alarms=0.1)]
    assert TRIED_SETTINGS[1] == choose_detector(scores).settings
    assert TRIED_SETTINGS[0] == choose_detector([score(0, 9.0, 0.95), score(1, 12.0, 1.0)]).settings


def test_the_runtimes_own_setting_is_tried_first() -> None:
    """It is what the others are compared with."""
    assert HaarSettings() == TRIED_SETTINGS[0]


def test_no_two_settings_are_the_same_search() -> None:
    """On the frames that are measured, 1280 px wide: a third of that lies under some largest sides."""
    searches = {
        replace(one, smallest_side=24, largest_side=int(side), share=side / 1280)
        for one in TRIED_SETTINGS
        for side in [min(one.largest_side, max(one.smallest_side, 1280 * one.share))]
    }
    assert len(TRIED_SETTINGS) == len(searches)


def test_every_setting_searches_every_frame() -> None:
    """Shares of the frames, whatever the order."""
    blank = [np.full((90, 160, 3), 90, np.uint8)] * 2
    scores = score_detectors(blank, blank, TRIED_SETTINGS[:2])
    assert [(0.0, 0.0, 2, 2)] * 2 == [(s.recall, s.false_positives, s.people, s.others) for s in scores]
    assert all(one.p50_ms > 0 for one in scores)
    assert TRIED_SETTINGS[0].scale_factor == scores[0].to_dict()["settings"]["scale_factor"]


def test_it_finds_a_face_and_nothing_in_grey() -> None:
    """On the astronaut that scikit-image brings."""
    data = pytest.importorskip("skimage.data")
    assert 1 <= len(OpenCVDefaultDetector().detect(data.astronaut()[..., ::-1].copy()))
    assert [] == OpenCVDefaultDetector().detect(plain(GREY, 320, 240))
