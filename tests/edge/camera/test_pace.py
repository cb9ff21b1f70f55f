"""Beginning as late as possible."""

import pytest

from edgebreed.edge.camera.pace import MARGIN_S, Pace


class Clock:
    """Stands still until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """The time in s."""
        return self.now


def learned(clock: Clock, detection: float, classification: float, remembered: int = 8) -> Pace:
    """One that saw a frame through both stages and whose classifier has just begun the next."""
    pace = Pace(remembered, clock)
    pace.first_done(detection)
    pace.second_begins()
    clock.now += classification
    pace.second_done()
    pace.second_begins()
    return pace


def test_nothing_is_known_so_nothing_waits() -> None:
    """The first frames go through at once."""
    pace = Pace()
    assert 0.0 == pace.wait_s()
    pace.first_done(0.1)
    assert 0.0 == pace.wait_s()


def test_detection_waits_until_the_classifier_will_soon_be_free() -> None:
    """For the classifier's time less its own, and less as time goes by."""
    clock = Clock()
    pace = learned(clock, detection=0.05, classification=0.2)
    assert pace.wait_s() == pytest.approx(0.2 - 0.05 - MARGIN_S)
    clock.now += 0.1
    assert pace.wait_s() == pytest.approx(0.1 - 0.05 - MARGIN_S)
    clock.now += 9
    assert 0.0 == pace.wait_s()


def test_it_counts_with_the_longest_detection_of_late() -> None:
    """Rather early than a classifier that waits; what is long ago is forgotten."""
    pace = learned(Clock(), detection=0.5, classification=0.1, remembered=2)
    pace.first_done(0.01)
    assert 0.0 == pace.wait_s()
    pace.first_done(0.01)
    assert pace.wait_s() == pytest.approx(0.1 - 0.01 - MARGIN_S)


def test_it_counts_with_the_shortest_classification() -> None:
    """One slow answer must not let the next wait."""
    clock = Clock()
    pace = learned(clock, detection=0.01, classification=0.1)
    clock.now += 5
    pace.second_done()
    pace.second_begins()
    assert pace.wait_s() == pytest.approx(0.1 - 0.01 - MARGIN_S)
