"""A measurement as a result file holds it."""

from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.contention import Contention
from edgebreed.benchmarks.report.bench_result import Measured, report
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.edge.engines import EngineOptions

from ..results import QUIET, Trace, latencies, recording, result

PROMISED = {
    "scenario",
    "engine",
    "samples",
    "latency_ms",
    "stages_ms",
    "images_per_second",
    "warmup",
    "verdict",
    "why",
    "machine",
    "model",
}


def test_it_holds_what_is_promised(colours: Path) -> None:
    """Percentiles, intervals round them, stages, throughput, verdict, environment, every sample."""
    told = result(colours, latencies(0, 240))
    assert PROMISED <= set(told)
    assert ("VALID", 240) == (told["verdict"], told["samples"])
    for percent in ("p50", "p90", "p99"):
        low, high = told["interval_ms"][percent]
        assert low <= told["latency_ms"][percent] <= high
    assert {"p50", "p90", "p99"} <= set(told["stages_ms"]["inference"])
    assert told["images_per_second"] == pytest.approx(240 / told["seconds"])
    assert 1.0 == pytest.approx(told["stages_sum_share"])
    assert 240 == len(told["record"]["total_ms"])
    assert {"clock", "before", "after", "versions", "others_share"} <= set(told["environment"])


def test_early_stopping_is_above_the_percentile(colours: Path) -> None:
    """A bound for p90, none for p99 from so few."""
    told = result(colours, latencies(0, 240))
    assert told["early_stopping_ms"]["p90"] >= told["latency_ms"]["p90"]
    assert None is told["early_stopping_ms"]["p99"]


def test_outliers_are_kept(colours: Path) -> None:
    """The slowest sample is the maximum."""
    told = result(colours, [*latencies(0, 240), 5000.0])
    assert 5000.0 == told["latency_ms"]["max"] == max(told["record"]["total_ms"])


def test_a_disturbed_run_is_invalid(colours: Path) -> None:
    """With what disturbed it."""
    subject = Subject.open(colours, EngineOptions("cpu"))
    measured = Measured("single-stream", 90, subject, recording(Trace(latencies(0, 240))), ("a",) * 8)
    told = report(measured, replace(QUIET, contention=Contention(0.9, 0.0)))
    assert "INVALID" == told["verdict"]
    assert "other programs took 90% of the processors' time" in told["why"][0]
