"""Results as `edgebreed bench --json` writes them, from latencies that a test chooses."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgebreed.benchmarks.conditions import Conditions
from edgebreed.benchmarks.contention import Contention
from edgebreed.benchmarks.machine_state import MachineState
from edgebreed.benchmarks.result import Measured, report
from edgebreed.benchmarks.samples import Recording, Sample, Warmup
from edgebreed.benchmarks.subject import Subject
from edgebreed.edge.engines import EngineOptions

QUIET = Conditions(MachineState.read(), MachineState.read(), Contention(0.0, 0.0))
PHOTOS = 8


def recording(latencies: Sequence[float], probes: Sequence[float] | None = None) -> Recording:
    """A recording of eight photos in turn: three fifths of each latency is inference."""
    samples = tuple(
        Sample(
            number % PHOTOS,
            sum(latencies[:number]) / 1e3,
            float(ms),
            1.0 if probes is None else float(probes[number]),
            {"detect": 0.4 * ms, "inference": 0.6 * ms},
        )
        for number, ms in enumerate(latencies)
    )
    return Recording(samples, Warmup(16, 0.5, True))


def result(model: Path, latencies: Sequence[float], probes: Sequence[float] | None = None) -> dict[str, Any]:
    """The result of a model in ONNX Runtime on the processor."""
    subject = Subject.open(model, EngineOptions("cpu"))
    names = tuple(f"{number}.jpg" for number in range(PHOTOS))
    measured = Measured("single-stream", 90, subject, recording(latencies, probes), names, len(latencies))
    told = {**report(measured, QUIET), "energy": [], "images": "photos"}
    return {**told, "harness": {"inside_ms": 0.001, "between_ms": 0.5}}


def write(path: Path, content: dict[str, Any]) -> Path:
    """A result file."""
    path.write_text(json.dumps(content))
    return path


def latencies(seed: int, count: int = 200, factor: float = 1.0) -> list[float]:
    """Latencies of photos of several sizes from 50 ms on, with a tail, slow seconds and outliers."""
    generator = np.random.default_rng(seed)
    sizes = 1 + 0.1 * (np.arange(count) % PHOTOS)
    busy = np.repeat(generator.exponential(0.02, count // 20 + 1), 20)[:count]
    tail = generator.gamma(2.0, 0.01, count)
    outliers = np.where(generator.random(count) < 0.02, 1.5, 1.0)
    return [float(ms) for ms in 50 * factor * sizes * (1 + busy + tail) * outliers]
