"""What the harness itself costs."""

from edgebreed.benchmarks.scenarios.overhead import overhead


def test_it_is_measured_by_the_same_code() -> None:
    """Far below a millisecond inside a latency, and more between two, where the probe runs."""
    cost = overhead()
    assert 0 < cost.inside_ms < 1
    assert cost.between_ms > cost.inside_ms
