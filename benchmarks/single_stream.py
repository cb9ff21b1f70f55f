"""Latency per image, one after another: MLPerf Inference's single-stream scenario."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.verdict import Verdict, judge
from edgebreed.edge.percentile import summary
from edgebreed.edge.pipeline import Pipeline
from edgebreed.machine import processor

WARMUP_SECONDS = 1.0
WARMUP_SAMPLES = 5


@dataclass(frozen=True)
class Sample:
    """One image's way through the pipeline: the whole and its stages, in ms."""

    total_ms: float
    stages_ms: dict[str, float]


@dataclass(frozen=True)
class Warmup:
    """What ran before the first sample counted."""

    samples: int
    seconds: float


def measure(pipeline: Pipeline, photos: Sequence[Path], duration: float) -> tuple[list[Sample], Warmup]:
    """Sends photos through `Pipeline.process_photo`, as `predict` does, for `duration` seconds."""
    warmup = _warm_up(pipeline, photos)
    samples: list[Sample] = []
    end = time.perf_counter() + duration
    for photo in cycle(photos):
        samples.append(_sample(pipeline, photo))
        if time.perf_counter() >= end:
            break
    return samples, warmup


def report(pipeline: Pipeline, samples: Sequence[Sample], warmup: Warmup) -> dict[str, Any]:
    """What `edgebreed bench --json` prints."""
    totals = [sample.total_ms for sample in samples]
    verdict: Verdict = judge(totals)
    stages = {name: summary([sample.stages_ms[name] for sample in samples]) for name in samples[0].stages_ms}
    return {
        "scenario": "single-stream",
        "engine": pipeline.engine.name,
        "samples": len(samples),
        "seconds": sum(totals) / 1e3,
        "latency_ms": summary(totals),
        "stages_ms": stages,
        "images_per_second": len(samples) / (sum(totals) / 1e3),
        "warmup": {"samples": warmup.samples, "seconds": warmup.seconds},
        "verdict": verdict.word,
        "why": verdict.why,
        "machine": processor(),
        "model": {
            "name": pipeline.manifest.name,
            "arch": pipeline.manifest.arch,
            "precision": pipeline.manifest.precision.value,
            "input": [pipeline.manifest.input.height, pipeline.manifest.input.width],
        },
    }


def _warm_up(pipeline: Pipeline, photos: Sequence[Path]) -> Warmup:
    start = time.perf_counter()
    for count, photo in enumerate(cycle(photos), 1):
        _sample(pipeline, photo)
        if count >= WARMUP_SAMPLES and time.perf_counter() - start >= WARMUP_SECONDS:
            break
    return Warmup(count, time.perf_counter() - start)


def _sample(pipeline: Pipeline, photo: Path) -> Sample:
    start = time.perf_counter_ns()
    result = pipeline.process_photo(photo)
    return Sample((time.perf_counter_ns() - start) / 1e6, result.stages_ms)
