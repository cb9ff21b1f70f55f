"""What a measurement consists of."""

import pytest

from edgebreed.benchmarks.stats.samples import LatencyStatistics, Recording, Sample, SampleColumns, Warmup

SAMPLES = (
    Sample(0, 0.0, 10.0, 0.5, {"decode": 4.0, "inference": 5.9}),
    Sample(1, 0.012345678, 30.0, 0.6, {"decode": 9.0, "inference": 20.0}, 7.0),
)


def test_seconds_and_stages_sum_up() -> None:
    """The time measured is the latencies' sum; pauses count only where they are given."""
    recording = Recording(SAMPLES, Warmup(16, 0.5, True))
    assert 0.04 == recording.seconds
    assert 2.0 == Recording(SAMPLES, Warmup(16, 0.5, True), elapsed_s=2.0).seconds
    assert recording.stages_sum_share == pytest.approx(38.9 / 40)
    assert ([4.0, 9.0], [0.0, 0.0]) == (recording.stage("decode"), recording.stage("wait"))


def test_columns_name_each_samples_photo() -> None:
    """So that two runs can be paired."""
    columns = Recording(SAMPLES, Warmup(16, 0.5, True)).columns(["a.jpg", "b.jpg"])
    assert {
        "queries": ["a.jpg", "b.jpg"],
        "query": [0, 1],
        "at_s": [0.0, 0.0123],
        "total_ms": [10.0, 30.0],
        "probe_ms": [0.5, 0.6],
        "reference_ms": [None, 7.0],
    } == columns.to_dict()
    assert columns == SampleColumns.from_dict(columns.to_dict())


def test_latencies_are_summarized() -> None:
    """By nearest rank; without any there is no summary."""
    assert LatencyStatistics(2.0, 4.0, 4.0, 4.0, 2.5, 4.0) == LatencyStatistics.of([4.0, 1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="no latency was measured: at least one is needed"):
        LatencyStatistics.of([])
