"""The clock that everything is measured by."""

from edgebreed.benchmarks.machine.clock import FixedClock, SystemClock


def test_the_machines_clock_goes_on() -> None:
    """By at least what was slept."""
    clock = SystemClock()
    start = clock.now()
    clock.sleep(0.002)
    assert clock.now() - start >= 0.002


def test_a_fixed_clock_goes_on_only_when_it_sleeps() -> None:
    """For tests."""
    clock = FixedClock()
    assert 0.0 == clock.now() == clock.now()
    clock.sleep(1.5)
    assert 1.5 == clock.now()
