"""A measurement as a result file holds it."""

from dataclasses import dataclass
from typing import Any

from edgebreed.benchmarks import warm_up
from edgebreed.benchmarks.bootstrap import percentile_interval
from edgebreed.benchmarks.conditions import Conditions
from edgebreed.benchmarks.early_stopping import CONFIDENCE, estimate
from edgebreed.benchmarks.machine_state import throttling
from edgebreed.benchmarks.samples import Recording
from edgebreed.benchmarks.startup import Startup
from edgebreed.benchmarks.subject import Subject
from edgebreed.benchmarks.verdict import Evidence, Verdict, judge, rules, spread
from edgebreed.edge.percentile import summary
from edgebreed.machine import processor

SCHEMA = 1
PERCENTS = (50, 90, 99)


@dataclass(frozen=True)
class Measured:
    """One subject's recording in one scenario.

    Attributes:
        scenario: its name.
        percentile: the percentile that the scenario is judged by; None where only the throughput counts.
        subject: what was measured.
        recording: the samples.
        queries: names of the queries.
        reference: what ran beside the samples; None where nothing did.
        startup: of a fresh process; None where that was not measured.
    """

    scenario: str
    percentile: int | None
    subject: Subject
    recording: Recording
    queries: tuple[str, ...]
    reference: dict[str, Any] | None = None
    startup: Startup | None = None


def verdict(measured: Measured, conditions: Conditions) -> Verdict:
    """Whether the recording may be quoted."""
    recording = measured.recording
    evidence = Evidence(
        seconds=recording.seconds,
        samples=len(recording.samples),
        percentile=measured.percentile,
        spread=spread(recording.samples),
        stages_sum_share=recording.stages_sum_share,
        warmup=recording.warmup,
        contention=conditions.contention,
        throttled=throttling(conditions.before, conditions.after),
        asked=measured.subject.options.engine,
        ran=measured.subject.pipeline.engine.name,
    )
    return judge(evidence)


def report(measured: Measured, conditions: Conditions) -> dict[str, Any]:
    """What `edgebreed bench --json` prints of one subject."""
    recording, subject = measured.recording, measured.subject
    judged = verdict(measured, conditions)
    return {
        "schema": SCHEMA,
        "scenario": measured.scenario,
        "engine": subject.pipeline.engine.name,
        "engine_asked": subject.options.engine,
        "threads": subject.options.threads,
        "faces": subject.pipeline.faces.value,
        "samples": len(recording.samples),
        "images_per_query": recording.images,
        "seconds": recording.seconds,
        **latencies(recording, measured.percentile),
        "stages_ms": _stages(recording),
        "stages_sum_share": recording.stages_sum_share,
        "images_per_second": len(recording.samples) * recording.images / recording.seconds,
        "warmup": {**vars(recording.warmup), "rule": warm_up.RULE},
        "verdict": judged.word,
        "why": judged.why,
        "rules": rules(measured.percentile),
        "spread": spread(recording.samples),
        "start": measured.startup and measured.startup.to_dict(),
        "machine": processor(),
        "model": subject.describe(),
        "environment": conditions.to_dict(),
        "reference": measured.reference,
        "record": recording.columns(measured.queries),
    }


def latencies(recording: Recording, percentile: int | None) -> dict[str, Any]:
    """Percentiles by nearest rank, their intervals, and MLPerf's estimate of the scenario's own."""
    totals = recording.totals_ms
    return {
        "latency_ms": summary(totals),
        "interval_ms": {f"p{percent}": percentile_interval(totals, percent) for percent in PERCENTS},
        "early_stopping_ms": {
            **{f"p{percent}": estimate(totals, percent) for percent in (90, 99)},
            "percentile": percentile,
            "confidence": CONFIDENCE,
        },
    }


def _stages(recording: Recording) -> dict[str, Any]:
    names = dict.fromkeys(name for sample in recording.samples for name in sample.stages_ms)
    return {name: summary(recording.stage(name)) for name in names}
