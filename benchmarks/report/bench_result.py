"""The record that `edgebreed bench --json` writes for one system in one scenario."""

from dataclasses import asdict, dataclass
from typing import Any

from edgebreed.benchmarks.machine.conditions import Conditions
from edgebreed.benchmarks.machine.energy import ImageEnergy
from edgebreed.benchmarks.machine.machine_state import throttling_signs
from edgebreed.benchmarks.scenarios.camera_scenario import ArrivalCounts
from edgebreed.benchmarks.scenarios.offline import BatchThroughput
from edgebreed.benchmarks.scenarios.startup import Startup
from edgebreed.benchmarks.scenarios.system_under_test import ModelInfo, SystemUnderTest
from edgebreed.benchmarks.scenarios.workload import WARM_UP_RULE, Overhead
from edgebreed.benchmarks.stats.bootstrap import Interval, percentile_interval
from edgebreed.benchmarks.stats.early_stopping import CONFIDENCE, early_stopping_estimate
from edgebreed.benchmarks.stats.samples import LatencyStatistics, Recording, SampleColumns, Warmup
from edgebreed.benchmarks.stats.verdict import Evidence, Verdict, block_variation, judge, validity_rules
from edgebreed.machine import processor

SCHEMA = 2
PERCENTS = (50, 90, 99)
_OPTIONAL = ("rate", "frames", "batches", "best_batch")  # keys that only their own scenario writes


@dataclass(frozen=True)
class BenchResult:
    """The result of one system in one scenario; its fields are the keys of the JSON file.

    Attributes:
        scenario: how images arrived.
        engine: the engine that ran, by its full name.
        engine_asked: the engine that was asked for, as `--engine` calls it.
        threads: threads of one inference that were asked for; 0 left it to the engine.
        faces: when faces were searched: auto, always or never.
        samples: number of queries.
        images_per_query: images in each.
        seconds: time measured.
        latency_ms: of a query.
        interval_ms: 95 % confidence intervals of p50, p90 and p99; None for a single sample.
        early_stopping_ms: MLPerf's estimates of p90 and p99 (None from too few samples), the scenario's own
            percentile, and the estimate's confidence.
        stages_ms: of each stage.
        stages_sum_share: the sum of all stages as a share of the sum of all latencies.
        images_per_second: throughput.
        warmup: what ran before.
        verdict: VALID or INVALID.
        why: every reason for INVALID.
        rules: bounds that the verdict rests on.
        spread: coefficient of variation of ten blocks' medians; None from too few samples.
        start: start-up of a fresh process; None where it was not measured.
        machine: the processor.
        model: the model file.
        environment: the machine in full, its state before and after, and what else used it.
        reference: what the reference inference was; None where none ran.
        record: all samples.
        energy: of one image, by power rail; empty where none can be read, or several systems took turns.
        images: the image files or folders that the user named, or a description.
        harness: what the harness added to each query.
        rate: frames per second of the camera scenario.
        frames: what happened to the frames of the camera scenario.
        batches: throughput by batch size of the offline scenario.
        best_batch: batch size that the samples of the offline scenario are of.
        schema: version of this record.
    """

    scenario: str
    engine: str
    engine_asked: str
    threads: int
    faces: str
    samples: int
    images_per_query: int
    seconds: float
    latency_ms: LatencyStatistics
    interval_ms: dict[str, Interval | None]
    early_stopping_ms: dict[str, float | None]
    stages_ms: dict[str, LatencyStatistics]
    stages_sum_share: float
    images_per_second: float
    warmup: Warmup
    verdict: str
    why: tuple[str, ...]
    rules: dict[str, Any]
    spread: float | None
    start: Startup | None
    machine: dict[str, Any]
    model: ModelInfo
    environment: dict[str, Any]
    reference: dict[str, Any] | None
    record: SampleColumns
    images: str | tuple[str, ...]
    harness: Overhead
    energy: tuple[ImageEnergy, ...] = ()
    rate: float | None = None
    frames: ArrivalCounts | None = None
    batches: tuple[BatchThroughput, ...] | None = None
    best_batch: int | None = None
    schema: int = SCHEMA

    @property
    def name(self) -> str:
        """Model, precision, file and engine."""
        return f"{self.model.name} {self.model.precision} ({self.model.file}) in {self.engine}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        data = {
            **asdict(self),
            "interval_ms": {key: value and list(value) for key, value in self.interval_ms.items()},
            "warmup": {**asdict(self.warmup), "rule": WARM_UP_RULE},
            "why": list(self.why),
            "model": self.model.to_dict(),
            "record": self.record.to_dict(),
            "images": self.images if isinstance(self.images, str) else list(self.images),
            "energy": [energy.to_dict() for energy in self.energy],
            "batches": self.batches and [batch.to_dict() for batch in self.batches],
        }
        return {key: value for key, value in data.items() if value is not None or key not in _OPTIONAL}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "BenchResult":
        """Reads what `to_dict` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is no such record, or of another schema.
        """
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema {data['schema']}, this edgebreed reads {SCHEMA}")
        return cls(**{**data, **_parsed(data)})


def _parsed(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record that are not plain JSON types."""
    warmup, start, images = data["warmup"], data["start"], data["images"]
    frames, batches = data.get("frames"), data.get("batches")
    return {
        "latency_ms": LatencyStatistics(**data["latency_ms"]),
        "interval_ms": {key: value and tuple(value) for key, value in data["interval_ms"].items()},
        "stages_ms": {key: LatencyStatistics(**value) for key, value in data["stages_ms"].items()},
        "warmup": Warmup(warmup["samples"], warmup["seconds"], warmup["steady"]),
        "why": tuple(data["why"]),
        "start": start and Startup(**start),
        "model": ModelInfo.from_dict(data["model"]),
        "record": SampleColumns.from_dict(data["record"]),
        "energy": tuple(ImageEnergy(**energy) for energy in data["energy"]),
        "images": images if isinstance(images, str) else tuple(images),
        "harness": Overhead(**data["harness"]),
        "frames": frames and ArrivalCounts(**frames),
        "batches": batches and tuple(BatchThroughput.from_dict(batch) for batch in batches),
    }


@dataclass(frozen=True)
class Measurement:
    """What was measured of one system in one scenario, from which the result is computed.

    Attributes:
        scenario: its name.
        percentile: that the scenario is judged by; None where only the throughput counts.
        system: what was measured.
        recording: the samples.
        query_names: name of each query.
        conditions: the machine meanwhile.
        overhead: of the harness.
        image_source: the image files or folders that the user named, or a description.
        reference: what the reference inference was; None where none ran.
        startup: of a fresh process; None where it was not measured.
    """

    scenario: str
    percentile: int | None
    system: SystemUnderTest
    recording: Recording
    query_names: tuple[str, ...]
    conditions: Conditions
    overhead: Overhead
    image_source: str | tuple[str, ...] = ""
    reference: dict[str, Any] | None = None
    startup: Startup | None = None

    def verdict(self) -> Verdict:
        """Whether the measurement may be quoted."""
        recording, conditions = self.recording, self.conditions
        evidence = Evidence(
            seconds=recording.seconds,
            samples=len(recording.samples),
            percentile=self.percentile,
            block_variation=block_variation(recording.samples),
            stages_sum_share=recording.stages_sum_share,
            warmup=recording.warmup,
            contention=conditions.contention,
            throttled=throttling_signs(conditions.before, conditions.after),
            engine_asked=self.system.options.engine,
            engine=self.system.pipeline.engine.name,
        )
        return judge(evidence)

    def result(self) -> BenchResult:
        """Computes the record."""
        recording, system, verdict = self.recording, self.system, self.verdict()
        totals = recording.totals_ms
        return BenchResult(
            scenario=self.scenario,
            engine=system.pipeline.engine.name,
            engine_asked=system.options.engine,
            threads=system.options.threads,
            faces=system.pipeline.faces.value,
            samples=len(totals),
            images_per_query=recording.images,
            seconds=recording.seconds,
            latency_ms=LatencyStatistics.of(totals),
            interval_ms={f"p{percent}": percentile_interval(totals, percent) for percent in PERCENTS},
            early_stopping_ms=self._early_stopping(),
            stages_ms={name: LatencyStatistics.of(recording.stage(name)) for name in recording.stage_names},
            stages_sum_share=recording.stages_sum_share,
            images_per_second=len(totals) * recording.images / recording.seconds,
            warmup=recording.warmup,
            verdict=verdict.label,
            why=verdict.why,
            rules=validity_rules(self.percentile),
            spread=block_variation(recording.samples),
            start=self.startup,
            machine=processor(),
            model=system.model_info(),
            environment=self.conditions.to_dict(),
            reference=self.reference,
            record=recording.columns(self.query_names),
            images=self.image_source,
            harness=self.overhead,
        )

    def _early_stopping(self) -> dict[str, float | None]:
        totals = self.recording.totals_ms
        estimates = {f"p{percent}": early_stopping_estimate(totals, percent) for percent in (90, 99)}
        return {**estimates, "percentile": self.percentile, "confidence": CONFIDENCE}
