"""The clock that latencies are measured with."""

from edgebreed.benchmarks.machine.clock import ManualClock, SystemClock


def test_the_systems_clock_advances() -> None:
    """By at least what was slept."""
    clock = SystemClock()
    start = clock.now()
    clock.sleep(0.002)
    assert clock.now() - start >= 0.002


def test_a_manual_clock_advances_only_when_it_sleeps() -> None:
    """For tests."""
    clock = ManualClock()
    assert 0.0 == clock.now() == clock.now()
    clock.sleep(1.5)
    assert 1.5 == clock.now()
