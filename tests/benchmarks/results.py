"""Results as `edgebreed bench --json` writes them, from latencies that a test chooses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.machine.conditions import Conditions, Contention
from edgebreed.benchmarks.machine.machine_state import MachineState
from edgebreed.benchmarks.machine.reference_work import REFERENCE_INTERVAL
from edgebreed.benchmarks.report.bench_result import BenchResult, Measurement
from edgebreed.benchmarks.scenarios.system_under_test import SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import Overhead
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup
from edgebreed.edge.engines import EngineOptions

QUIET = Conditions(MachineState.read(), MachineState.read(), Contention(0.0, 0.0))
IMAGES = 8
REFERENCE = {"model": "m.onnx", "sha256": "0", "engine": "e", "threads": 0, "versions": {"onnxruntime": "1"}}


@dataclass(frozen=True)
class Trace:
    """Times that a test chooses.

    Attributes:
        total_ms: the samples.
        reference_ms: the references, None where there was none; empty for none at all.
    """

    total_ms: Sequence[float]
    reference_ms: Sequence[float | None] = ()


def recording(trace: Trace) -> Recording:
    """A recording of eight images in turn: three fifths of each latency is inference."""
    latencies = trace.total_ms
    begins = np.cumsum([0.0, *latencies]) / 1e3
    samples = tuple(
        Sample(
            number % IMAGES,
            float(begins[number]),
            float(ms),
            1.0,
            {"detect": 0.4 * ms, "inference": 0.6 * ms},
            trace.reference_ms[number] if trace.reference_ms else None,
        )
        for number, ms in enumerate(latencies)
    )
    return Recording(samples, Warmup(16, 0.5, True))


def measurement(model: Path, trace: Trace, conditions: Conditions = QUIET) -> Measurement:
    """What was measured of a model in ONNX Runtime on the CPU."""
    return Measurement(
        scenario="single-stream",
        percentile=90,
        system=SystemUnderTest.open(model, EngineOptions("cpu")),
        recording=recording(trace),
        query_names=tuple(f"{number}.jpg" for number in range(IMAGES)),
        conditions=conditions,
        overhead=Overhead(0.001, 0.5),
        image_source="photos",
        reference=REFERENCE if trace.reference_ms else None,
    )


def result(model: Path, latencies: Sequence[float] | Trace) -> BenchResult:
    """The result of a model in ONNX Runtime on the CPU."""
    return measurement(model, latencies if isinstance(latencies, Trace) else Trace(latencies)).result()


def write(path: Path, *results: BenchResult) -> Path:
    """A result file."""
    records = [one.to_dict() for one in results]
    path.write_text(json.dumps(records[0] if len(records) == 1 else {"runs": records}))
    return path


def latencies(seed: int, count: int = 200, factor: float = 1.0) -> list[float]:
    """Latencies of images of several sizes from 50 ms on, on a quiet machine: a tail and outliers."""
    generator = np.random.default_rng(seed)
    sizes = 1 + 0.1 * (np.arange(count) % IMAGES)
    tail = generator.gamma(2.0, 0.01, count)
    outliers = np.where(generator.random(count) < 0.02, 1.5, 1.0)
    return [float(ms) for ms in 50 * factor * sizes * (1 + tail) * outliers]


def shared(seed: int, count: int = 200, factor: float = 1.0) -> Trace:
    """The same on a machine that others use too, which slows samples and references alike.

    The factor slows the program alone, not the references.
    """
    generator = np.random.default_rng(seed + 1000)
    slowdown = changing_slowdown(generator, count)
    own = factor * generator.lognormal(0.0, 0.006)
    references = 30 * slowdown * (1 + generator.gamma(2.0, 0.01, count))
    kept = [
        float(ms) if number % REFERENCE_INTERVAL == REFERENCE_INTERVAL - 1 else None
        for number, ms in enumerate(references)
    ]
    return Trace([float(ms) for ms in np.array(latencies(seed, count)) * own * slowdown], kept)


def changing_slowdown(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Every few seconds (40 to 100 samples) another level, 10 to 15 % from the last; bursts of 50 to 70 %."""
    slowdown = np.empty(0)
    high = bool(generator.integers(2))
    while len(slowdown) < count:
        step = 1 + generator.uniform(0.10, 0.15) if high else 1.0
        slowdown, high = np.concatenate((slowdown, np.full(generator.integers(40, 100), step))), not high
    for start in generator.integers(0, count, 3):
        slowdown[start : start + generator.integers(5, 15)] *= 1 + generator.uniform(0.5, 0.7)
    return slowdown[:count]


def without_reference(trace: Trace) -> Trace:
    """The samples alone."""
    return replace(trace, reference_ms=())
