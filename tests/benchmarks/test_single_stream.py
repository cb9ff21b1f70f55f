"""Latency per image by the runtime's own path."""

from pathlib import Path

import pytest

from edgebreed.benchmarks.drawn import write_drawn
from edgebreed.benchmarks.single_stream import measure, report
from edgebreed.benchmarks.verdict import judge
from edgebreed.edge.engines import EngineOptions
from edgebreed.edge.pipeline import Pipeline


def test_the_stages_make_up_the_whole(colours: Path, tmp_path: Path) -> None:
    """Within what the clock itself costs."""
    pipeline = Pipeline.open(colours, EngineOptions("cpu"))
    samples, warmup = measure(pipeline, write_drawn(tmp_path), 0.5)
    for sample in samples:
        assert sum(sample.stages_ms.values()) <= sample.total_ms
    result = report(pipeline, samples, warmup)
    parts = sum(stage["p50"] for stage in result["stages_ms"].values())
    assert parts == pytest.approx(result["latency_ms"]["p50"], rel=0.1)
    assert len(samples) == result["samples"] >= 1
    assert warmup.samples >= 5


def test_a_short_run_is_invalid_and_says_why() -> None:
    """With the option that mends it."""
    verdict = judge([10.0] * 20)
    assert "INVALID" == verdict.word
    assert ("0.2 s measured, at least 10 s", "20 samples, at least 64") == tuple(
        r.split(" are")[0] for r in verdict.why
    )


def test_ten_seconds_of_a_hundred_samples_are_valid() -> None:
    """Nothing to say against them."""
    assert ("VALID", ()) == (judge([100.0] * 101).word, judge([100.0] * 101).why)
