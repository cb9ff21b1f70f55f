"""What an image's time is spent on."""

from edgebreed.benchmarks.report.stages import stage_bars


def test_a_bar_a_subject_and_a_part_a_stage() -> None:
    """Named in the bar where there is room, in the legend always."""
    stages = {name: {"p50": ms, "p90": ms} for name, ms in (("decode", 1.0), ("inference", 40.0))}
    drawn = stage_bars(["one", "two"], [stages, stages])
    assert 2 * 2 + 2 == drawn.count("<rect")
    assert 2 == drawn.count('class="inbar"')
    assert ">decode</text>" in drawn
