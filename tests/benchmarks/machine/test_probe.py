"""A fixed piece of work."""

from edgebreed.benchmarks.machine.probe import Probe


def test_it_takes_time() -> None:
    """In ms, and the same work each time."""
    probe = Probe()
    assert all(0 < probe.run() < 1e4 for _ in range(3))
