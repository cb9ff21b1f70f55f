"""Two ways to compute features, side by side."""

from edgebreed.benchmarks.studies.feature_speed import alternate


def test_the_ways_take_turns_and_the_first_round_does_not_count() -> None:
    """Drift hits both alike; warm-up hits neither."""
    seen: list[str] = []
    ways = {"a": lambda _: seen.append("a"), "b": lambda _: seen.append("b")}
    seconds = alternate(ways, [[1, 2], [3, 4]], rounds=3)
    assert ["a", "b"] * 4 == seen
    assert {"a": 3, "b": 3} == {name: len(values) for name, values in seconds.items()}
