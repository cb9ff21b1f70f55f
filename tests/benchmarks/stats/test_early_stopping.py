"""MLPerf's early-stopping estimate, and that it is LoadGen's."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from edgebreed.benchmarks.stats.early_stopping import discardable, early_stopping_estimate, min_queries

TRACE = "mlperf_log_trace.json"  # not always well-formed JSON


@pytest.mark.parametrize(("percent", "queries"), [(90, 64), (95, 130), (99, 662)])
def test_the_smallest_numbers_are_mlperfs(percent: float, queries: int) -> None:
    """One query fewer gives no estimate."""
    assert queries == min_queries(percent)
    assert (None, 0) == (discardable(queries - 1, percent), discardable(queries, percent))


def test_the_estimate_is_a_latency_that_was_measured() -> None:
    """The slowest that is left once those that may be dropped are."""
    latencies = [float(number) for number in range(200)]
    assert 9 == discardable(200, 90)
    assert 190.0 == early_stopping_estimate(latencies, 90) == early_stopping_estimate(latencies[::-1], 90)


def test_too_few_latencies_have_no_estimate() -> None:
    """None, not a number that is too low."""
    assert None is early_stopping_estimate([1.0] * 63, 90)
    assert None is early_stopping_estimate([], 90)


def test_many_queries_come_near_the_percentile() -> None:
    """From above: it is a bound at 99 % confidence, and tiny probabilities do not break it."""
    assert 90_000 <= early_stopping_estimate([float(number) for number in range(100_000)], 90) < 90_400  # type: ignore[operator]  # enough queries for one


def loadgen(queries: int, folder: Path) -> tuple[list[float], str]:
    """Runs LoadGen's single-stream scenario: latencies in ns by its own clock, and its summary."""
    lg: Any = pytest.importorskip("mlperf_loadgen", reason="LoadGen has no wheel for this machine")

    def answer(samples: list[Any]) -> None:
        end = time.perf_counter_ns() + 1000 * (samples[0].index * 7 % 16)
        while time.perf_counter_ns() < end:
            pass
        lg.QuerySamplesComplete([lg.QuerySampleResponse(sample.id, 0, 0) for sample in samples])

    settings, output, logs = lg.TestSettings(), lg.LogOutputSettings(), lg.LogSettings()
    settings.scenario, settings.mode = lg.TestScenario.SingleStream, lg.TestMode.PerformanceOnly
    settings.min_duration_ms, settings.min_query_count, settings.max_query_count = 0, queries, queries
    output.outdir, output.copy_summary_to_stdout = str(folder), False
    logs.log_output, logs.enable_trace = output, True
    system = lg.ConstructSUT(answer, lambda: None)
    library = lg.ConstructQSL(16, 16, lambda _: None, lambda _: None)
    lg.StartTestWithLogSettings(system, library, settings, logs)
    lg.DestroyQSL(library)
    lg.DestroySUT(system)
    times = re.findall(r'"issue_start_ns":(\d+),"complete_ns":(\d+)', (folder / TRACE).read_text())
    latencies = [float(int(end) - int(start)) for start, end in times]
    return latencies, (folder / "mlperf_log_summary.txt").read_text()


@pytest.mark.parametrize("queries", [64, 200, 1000])
def test_loadgen_drops_and_estimates_the_same(tmp_path: Path, queries: int) -> None:
    """To the nanosecond, from the latencies that it logged itself."""
    latencies, summary = loadgen(queries, tmp_path)
    assert queries == len(latencies)
    assert f"Would discard {discardable(queries, 90)} highest" in summary
    (logged,) = re.findall(r"90.0th percentile estimate: (\d+)", summary)
    assert int(logged) == early_stopping_estimate(latencies, 90)


def test_loadgen_refuses_as_few(tmp_path: Path) -> None:
    """63 queries: it names 64, as `min_queries` does."""
    _, summary = loadgen(63, tmp_path)
    assert f"Need to process at least {min_queries(90)} queries" in summary
