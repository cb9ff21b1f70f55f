"""Frames at a rate."""

import threading
import time

import pytest

from edgebreed.edge.camera.rate import Metronome, Thinner


def picked(rate: float, wanted: float, jitter: float = 0.0) -> float:
    """Frames per second that are left of a source over ten seconds."""
    thinner = Thinner(wanted)
    times = [number / rate + (jitter if number % 2 else 0.0) for number in range(round(10 * rate))]
    return sum(not thinner.early(at) for at in times) / 10


@pytest.mark.parametrize(("rate", "wanted", "left"), [(30, 10, 10), (30, 20, 20), (30, 7, 7), (10, 30, 10)])
def test_as_many_as_are_wanted_are_picked(rate: float, wanted: float, left: float) -> None:
    """On average, and never more than come; late frames do not count twice."""
    assert picked(rate, wanted) == pytest.approx(left, abs=0.2)
    assert picked(rate, wanted, jitter=0.004) == pytest.approx(left, abs=0.2)


def test_after_a_pause_no_burst_is_let_through() -> None:
    """The rate counts from then on."""
    thinner = Thinner(1.0)
    assert [False, False, True, True] == [thinner.early(at) for at in (0.0, 60.0, 60.1, 60.2)]


def test_without_a_rate_all_are_picked() -> None:
    """At the same instant, too."""
    assert [False, False] == [Thinner(None).early(at) for at in (1.0, 1.0)]


def test_a_metronome_waits_until_a_frame_is_due() -> None:
    """Counted from the first, so that a late one does not delay the rest."""
    metronome, start = Metronome(50.0, threading.Event()), time.monotonic()
    assert metronome.wait_for(0)
    assert metronome.wait_for(5)
    assert time.monotonic() - start >= 0.1


def test_a_stop_ends_the_wait() -> None:
    """At once."""
    stopped = threading.Event()
    metronome = Metronome(0.01, stopped)
    metronome.wait_for(0)
    threading.Timer(0.05, stopped.set).start()
    start = time.monotonic()
    assert not metronome.wait_for(1)
    assert time.monotonic() - start < 5
