"""What viewers of the live page cost."""

from edgebreed.benchmarks.studies.viewer_cost import measure_viewer_cost

from ...live.feed import result


def test_it_alternates_and_its_viewers_really_look() -> None:
    """Rounds come in pairs, and pictures and events were read."""
    figures = measure_viewer_cost(viewers=2, rounds=2, seconds=0.5, process=lambda _: result())
    assert (2, 2) == (len(figures["fps_without"]), len(figures["fps_with"]))
    assert figures["ratio"] > 0
    assert figures["read"]["images"] >= 2 * 2
    assert figures["read"]["events"] >= 2 * 2
    assert figures["read"]["bytes"] > 10_000 * figures["read"]["images"]
