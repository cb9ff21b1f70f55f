"""Two ways to compute features, in turns."""

from edgebreed.benchmarks.studies.feature_speed import KERAS, OURS, figures, time_in_turns


def test_the_methods_take_turns_and_the_first_round_is_not_counted() -> None:
    """Drift meets both alike; warm-up meets neither."""
    called: list[str] = []
    methods = {"a": lambda _: called.append("a"), "b": lambda _: called.append("b")}
    seconds = time_in_turns(methods, [[1, 2], [3, 4]], rounds=3)
    assert ["a", "b"] * 4 == called
    assert {"a": 3, "b": 3} == {name: len(values) for name, values in seconds.items()}


def test_the_ratio_is_of_the_medians() -> None:
    """In ms per image, with the fastest and the slowest."""
    found = figures({OURS: [0.05, 0.02, 0.03], KERAS: [0.06, 0.06, 0.07]}, max_error=1e-6)
    assert {"p50": 30.0, "min": 20.0, "max": 50.0} == found["ms_per_image"][OURS]
    assert (0.5, 1e-6) == (found["ratio"], found["max_error"])
