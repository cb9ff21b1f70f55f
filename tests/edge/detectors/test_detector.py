"""What every detector shares."""

from edgebreed.edge.detectors import Detection, FixedDetector, NoDetector
from edgebreed.edge.detectors.detector import largest_first

from ...conftest import GREY, plain


def test_detectors_for_tests_find_what_they_were_given() -> None:
    """Or nothing at all."""
    assert [Detection((1, 2, 3, 4), "face", 1.0)] == FixedDetector(((1, 2, 3, 4),)).detect(plain(GREY))
    assert [] == NoDetector().detect(plain(GREY))


def test_the_largest_box_comes_first() -> None:
    """By its area."""
    small, large = Detection((0, 0, 2, 2)), Detection((0, 0, 3, 9))
    assert [large, small] == largest_first([small, large])
