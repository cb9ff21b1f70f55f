"""The harness that measures what viewers cost."""

from edgebreed.benchmarks.studies.viewer_cost import measure

from ...live.feed import result


def test_it_alternates_and_its_viewers_really_look() -> None:
    """Rounds come in pairs, and pictures and events were read."""
    report = measure(viewers=2, rounds=2, seconds=0.5, work=lambda _: result())
    assert (2, 2) == (len(report["fps_without"]), len(report["fps_with"]))
    assert report["ratio"] > 0
    assert report["read"]["pictures"] >= 2 * 2
    assert report["read"]["events"] >= 2 * 2
    assert report["read"]["bytes"] > 10_000 * report["read"]["pictures"]
