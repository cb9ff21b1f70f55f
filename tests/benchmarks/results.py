"""Results as `edgebreed bench --json` writes them, from latencies that a test chooses."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgebreed.benchmarks.machine.conditions import Conditions
from edgebreed.benchmarks.machine.contention import Contention
from edgebreed.benchmarks.machine.machine_state import MachineState
from edgebreed.benchmarks.machine.reference_work import EVERY
from edgebreed.benchmarks.report.bench_result import Measured, report
from edgebreed.benchmarks.scenarios.system_under_test import Subject
from edgebreed.benchmarks.stats.samples import Recording, Sample, Warmup
from edgebreed.edge.engines import EngineOptions

QUIET = Conditions(MachineState.read(), MachineState.read(), Contention(0.0, 0.0))
PHOTOS = 8
REFERENCE = {"model": "m.onnx", "sha256": "0", "engine": "e", "threads": 0, "versions": {"onnxruntime": "1"}}


@dataclass(frozen=True)
class Trace:
    """What a clock would have read.

    Attributes:
        total_ms: the samples.
        reference_ms: the references, None where there was none; empty for none at all.
    """

    total_ms: Sequence[float]
    reference_ms: Sequence[float | None] = ()


def recording(trace: Trace) -> Recording:
    """A recording of eight photos in turn: three fifths of each latency is inference."""
    latencies = trace.total_ms
    begins = np.cumsum([0.0, *latencies]) / 1e3
    samples = tuple(
        Sample(
            number % PHOTOS,
            float(begins[number]),
            float(ms),
            1.0,
            {"detect": 0.4 * ms, "inference": 0.6 * ms},
            trace.reference_ms[number] if trace.reference_ms else None,
        )
        for number, ms in enumerate(latencies)
    )
    return Recording(samples, Warmup(16, 0.5, True))


def result(model: Path, latencies: Sequence[float] | Trace) -> dict[str, Any]:
    """The result of a model in ONNX Runtime on the processor."""
    trace = latencies if isinstance(latencies, Trace) else Trace(latencies)
    subject = Subject.open(model, EngineOptions("cpu"))
    names = tuple(f"{number}.jpg" for number in range(PHOTOS))
    told = REFERENCE if trace.reference_ms else None
    measured = Measured("single-stream", 90, subject, recording(trace), names, told)
    whole = {**report(measured, QUIET), "energy": [], "images": "photos"}
    return {**whole, "harness": {"inside_ms": 0.001, "between_ms": 0.5}}


def write(path: Path, content: dict[str, Any]) -> Path:
    """A result file."""
    path.write_text(json.dumps(content))
    return path


def latencies(seed: int, count: int = 200, factor: float = 1.0) -> list[float]:
    """Latencies of photos of several sizes from 50 ms on, on a quiet machine: a tail and outliers."""
    generator = np.random.default_rng(seed)
    sizes = 1 + 0.1 * (np.arange(count) % PHOTOS)
    tail = generator.gamma(2.0, 0.01, count)
    outliers = np.where(generator.random(count) < 0.02, 1.5, 1.0)
    return [float(ms) for ms in 50 * factor * sizes * (1 + tail) * outliers]


def shared(seed: int, count: int = 200, factor: float = 1.0) -> Trace:
    """The same on a machine that others use too, whose pace the samples and the references have in common.

    The factor slows the program alone, not the references.
    """
    generator = np.random.default_rng(seed + 1000)
    pace = changing_pace(generator, count)
    own = factor * generator.lognormal(0.0, 0.006)
    references = 30 * pace * (1 + generator.gamma(2.0, 0.01, count))
    kept = [float(ms) if number % EVERY == EVERY - 1 else None for number, ms in enumerate(references)]
    return Trace([float(ms) for ms in np.array(latencies(seed, count)) * own * pace], kept)


def changing_pace(generator: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Every few seconds (40 to 100 samples) another level, 10 to 15 % from the last; bursts of 50 to 70 %."""
    pace = np.empty(0)
    high = bool(generator.integers(2))
    while len(pace) < count:
        step = 1 + generator.uniform(0.10, 0.15) if high else 1.0
        pace, high = np.concatenate((pace, np.full(generator.integers(40, 100), step))), not high
    for start in generator.integers(0, count, 3):
        pace[start : start + generator.integers(5, 15)] *= 1 + generator.uniform(0.5, 0.7)
    return pace[:count]


def without_reference(trace: Trace) -> Trace:
    """The samples alone."""
    return replace(trace, reference_ms=())
