"""The record that `edgebreed bench --json` writes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edgebreed.benchmarks.machine.conditions import Contention
from edgebreed.benchmarks.machine.energy import ImageEnergy
from edgebreed.benchmarks.report.bench_result import BenchResult
from edgebreed.benchmarks.scenarios.camera_scenario import ArrivalCounts
from edgebreed.benchmarks.scenarios.offline import BatchThroughput
from edgebreed.benchmarks.scenarios.startup import Startup

from ..results import QUIET, Trace, latencies, measurement, result, shared

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
    """Percentiles, intervals around them, stages, throughput, verdict, environment, every sample."""
    data = result(colours, latencies(0, 240)).to_dict()
    assert PROMISED <= set(data)
    assert ("VALID", 240) == (data["verdict"], data["samples"])
    for percent in ("p50", "p90", "p99"):
        low, high = data["interval_ms"][percent]
        assert low <= data["latency_ms"][percent] <= high
    assert {"p50", "p90", "p95", "p99", "mean", "max"} == set(data["stages_ms"]["inference"])
    assert data["images_per_second"] == pytest.approx(240 / data["seconds"])
    assert 1.0 == pytest.approx(data["stages_sum_share"])
    assert 240 == len(data["record"]["total_ms"])
    assert {"clock", "before", "after", "versions", "others_share"} <= set(data["environment"])
    assert {"samples", "seconds", "steady", "rule"} == set(data["warmup"])


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"start": Startup(900.0, 600.0, 300.0, 40.0, 150.0), "energy": (ImageEnergy("rail", 2.0, 160.0),)},
        {"rate": 30.0, "frames": ArrivalCounts(90, 30, 60)},
        {"batches": (BatchThroughput(4, 80.0, (75.0, 85.0), 50.0),), "best_batch": 4},
        {"images": ("a.jpg", "folder")},
    ],
)
def test_it_comes_back_from_json(colours: Path, fields: dict[str, object]) -> None:
    """Every field, of every scenario."""
    whole = replace(result(colours, shared(0, 40)), **fields)  # type: ignore[arg-type]  # fields by name
    assert whole == BenchResult.from_dict(json.loads(json.dumps(whole.to_dict())))


def test_keys_of_other_scenarios_are_left_out(colours: Path) -> None:
    """A single-stream result has no frames and no batches."""
    data = result(colours, latencies(0, 40)).to_dict()
    assert set() == {"rate", "frames", "batches", "best_batch"} & set(data)


def test_another_schema_is_refused(colours: Path) -> None:
    """By both numbers."""
    data = result(colours, latencies(0, 40)).to_dict()
    with pytest.raises(ValueError, match="schema 99, this edgebreed reads 2"):
        BenchResult.from_dict({**data, "schema": 99})


def test_early_stopping_is_above_the_percentile(colours: Path) -> None:
    """A bound for p90, none for p99 from so few."""
    one = result(colours, latencies(0, 240))
    assert (one.early_stopping_ms["p90"] or 0) >= one.latency_ms.p90
    assert None is one.early_stopping_ms["p99"]


def test_outliers_are_kept(colours: Path) -> None:
    """The slowest sample is the maximum."""
    one = result(colours, [*latencies(0, 240), 5000.0])
    assert 5000.0 == one.latency_ms.max == max(one.record.total_ms)


def test_a_disturbed_run_is_invalid(colours: Path) -> None:
    """With what disturbed it."""
    disturbed = replace(QUIET, contention=Contention(0.9, 0.0))
    one = measurement(colours, Trace(latencies(0, 240)), disturbed).result()
    assert "INVALID" == one.verdict
    assert "other programs took 90% of the processors' time" in one.why[0]
