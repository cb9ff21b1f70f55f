"""VALID, or INVALID with every reason."""

import pytest

from edgebreed.benchmarks.machine.conditions import Contention
from edgebreed.benchmarks.stats.samples import Sample, Warmup
from edgebreed.benchmarks.stats.verdict import (
    Evidence,
    block_variation,
    engine_option,
    judge,
    validity_rules,
)


def samples(latencies: list[float]) -> list[Sample]:
    """Samples of four queries in turn."""
    return [Sample(number % 4, 0.0, ms, 1.0, {}) for number, ms in enumerate(latencies)]


def test_ten_seconds_of_a_hundred_samples_are_valid() -> None:
    """No rule is broken."""
    verdict = judge(
        Evidence(10.0, 101, 90, 0.01, Contention(0.01, 0.0), (), "cpu", "onnxruntime/CPUExecutionProvider")
    )
    assert ("VALID", ()) == (verdict.label, verdict.why)


def test_a_short_run_is_invalid_and_says_how_long_it_must_be() -> None:
    """For its own percentile: 64 samples for p90, 662 for p99."""
    verdict = judge(Evidence(2.0, 20, percentile=99))
    assert "INVALID" == verdict.label
    assert (
        "2.0 s measured, at least 10 s are needed: raise --duration",
        "20 samples, at least 662 are needed for p99 (MLPerf's early stopping): raise --duration to 73",
    ) == verdict.why


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        ({"stages_sum_share": 0.96}, "the stages sum to 96.0% of the whole, at most 3% off is allowed"),
        (
            {"warmup": Warmup(30, 10.0, False)},
            "the latency still changed after a warm-up of 10.0 s: end other",
        ),
        ({"block_variation": 0.08}, "unstable: the medians of 10 blocks vary by 8.0%, at most 5% is allowed"),
        (
            {"contention": Contention(0.4, None)},
            "other programs took 40% of the processors' time, at most 10%",
        ),
        ({"contention": Contention(None, 0.1)}, "the hypervisor took 10% of the processors' time"),
        ({"throttled": ("the clock fell from 2000 to 900 MHz",)}, "throttled: the clock fell"),
        (
            {"engine_asked": "cuda", "engine": "onnxruntime/CPUExecutionProvider"},
            "cuda was asked for and onnxruntime/CPU",
        ),
        (
            {"engine_asked": "cpu", "engine": "openvino/CPU"},
            "cpu was asked for and openvino/CPU ran: install it",
        ),
    ],
)
def test_each_reason(evidence: dict[str, object], reason: str) -> None:
    """One fault, one reason, with what to do."""
    verdict = judge(Evidence(12.0, 100, **evidence))  # type: ignore[arg-type]  # fields by name
    assert ("INVALID", 1) == (verdict.label, len(verdict.why))
    assert reason in verdict.why[0]
    assert ": " in verdict.why[0]


def test_a_batch_is_one_sample_and_offline_needs_enough_of_them() -> None:
    """However many images it holds: enough to show whether the throughput was steady."""
    verdict = judge(Evidence(10.0, 7, percentile=None))
    assert (
        "7 batches, at least 30 are needed to tell a steady throughput: raise --duration to 48",
    ) == verdict.why
    assert "VALID" == judge(Evidence(10.0, 30, percentile=None)).label
    assert 30 == validity_rules(None)["samples"]


def test_photos_of_different_sizes_and_single_outliers_are_no_instability() -> None:
    """Each query is divided by its own median; a block is represented by its median."""
    latencies = [10.0 * (1 + number % 4) for number in range(400)]
    latencies[50] = latencies[250] = 900.0
    assert 0.0 == block_variation(samples(latencies))


def test_drift_is_instability() -> None:
    """A run that becomes a fifth slower half way."""
    drifted = block_variation(samples([10.0] * 200 + [12.0] * 200))
    assert drifted == pytest.approx(1 / 11, rel=0.01)
    assert None is block_variation(samples([10.0] * 29))


def test_engines_by_their_option() -> None:
    """Providers of ONNX Runtime, and the other runtimes."""
    names = (
        "onnxruntime/CUDAExecutionProvider",
        "onnxruntime/CPUExecutionProvider",
        "openvino/CPU",
        "litert",
    )
    assert ["cuda", "cpu", "openvino", "litert"] == [engine_option(name) for name in names]


def test_the_bounds_are_stated() -> None:
    """In every result file."""
    assert {"seconds": 10.0, "samples": 662, "percentile": 99}.items() <= validity_rules(99).items()
