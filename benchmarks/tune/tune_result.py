"""The record that `edgebreed tune --json` writes: every candidate with its figures, and the chosen one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from edgebreed.benchmarks.stats.bootstrap import Interval, percentile_interval
from edgebreed.benchmarks.tune.candidate_accuracy import AccuracyScore
from edgebreed.benchmarks.tune.configurations import Configuration, InferenceConfiguration
from edgebreed.benchmarks.tune.detector_settings import DetectorScore
from edgebreed.benchmarks.tune.successive_halving import Ranking
from edgebreed.edge.detectors import HaarSettings

SCHEMA = 1


@dataclass(frozen=True)
class CandidateTiming:
    """Latency of a configuration.

    Attributes:
        p50_ms: median latency of a frame, in ms.
        interval_ms: its 95 % confidence interval; None for a single sample.
        ratio: median latency divided by the fastest configuration's, from turns beside it.
        samples: number of frames.
        final: whether it reached the final round.
    """

    p50_ms: float
    interval_ms: Interval | None
    ratio: float
    samples: int
    final: bool

    @classmethod
    def of(cls, ranking: Ranking[Configuration]) -> "CandidateTiming":
        """Takes the figures of a ranking."""
        interval = percentile_interval(ranking.recording.totals_ms, 50)
        return cls(ranking.p50_ms, interval, ranking.ratio, ranking.samples, ranking.final)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {**asdict(self), "interval_ms": self.interval_ms and list(self.interval_ms)}


@dataclass(frozen=True)
class CandidateResult:
    """A model file in an engine, with its latency and accuracy.

    Attributes:
        inference: model file, engine and threads.
        bytes: size of the model file.
        timing: its latency.
        accuracy: None where it was not needed, because the candidate was too slow to win.
    """

    inference: InferenceConfiguration
    bytes: int
    timing: CandidateTiming
    accuracy: AccuracyScore | None

    @classmethod
    def of(cls, ranking: Ranking[Configuration], accuracy: AccuracyScore | None) -> "CandidateResult":
        """Takes the figures of a ranking."""
        inference = ranking.candidate.inference
        size = inference.variant.path.stat().st_size
        return cls(inference, size, CandidateTiming.of(ranking), accuracy)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        variant = self.inference.variant
        return {
            "name": self.inference.name,
            "file": str(variant.path),
            "precision": variant.manifest.precision.value,
            "input": [variant.manifest.input.height, variant.manifest.input.width],
            "engine": self.inference.engine,
            "threads": self.inference.threads,
            "bytes": self.bytes,
            **self.timing.to_dict(),
            "accuracy": self.accuracy and self.accuracy.to_dict(),
        }


@dataclass(frozen=True)
class BaselineResult:
    """What the chosen configuration was measured beside.

    Attributes:
        name: of the baseline.
        timing: its latency.
    """

    name: str
    timing: CandidateTiming

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {"name": self.name, **self.timing.to_dict()}


@dataclass(frozen=True)
class ChosenResult:
    """The configuration that was kept.

    Attributes:
        candidate: model file and engine, with the latency measured beside the baselines.
        accuracy: its accuracy, which is within the bound.
        detector: settings of its face detector; None for a model that does not answer people.
        by_baseline: its median latency as a share of each baseline's.
        out: the model file that was written.
        evidence: the JSON file that was written, with all figures.
    """

    candidate: CandidateResult
    accuracy: AccuracyScore
    detector: HaarSettings | None
    by_baseline: dict[str, float]
    out: Path
    evidence: Path

    @property
    def name(self) -> str:
        """File, engine and threads."""
        return self.candidate.inference.name

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            **self.candidate.to_dict(),
            "detector": self.detector and asdict(self.detector),
            "accuracy": self.accuracy.to_dict(),
            "by_baseline": self.by_baseline,
            "out": str(self.out),
            "evidence": str(self.evidence),
        }


@dataclass(frozen=True)
class TuneResult:
    """Everything that a tuning measured.

    Attributes:
        machine: the processor.
        date: UTC, as YYYY-MM-DD.
        frame: height and width of the frames in px.
        frames: number of different frames.
        budget_seconds: time for measuring.
        max_drop_points: percentage points of top-1 that could be lost against float32.
        candidates: those of the final round first, each part fastest first.
        baselines: measured beside the chosen one.
        detectors: settings of the face detector that were tried; empty without images of people.
        chosen: what was kept.
        rejected: engines of a GPU that were not tried, with the reason; empty where nothing of a GPU is here.
        schema: version of this record.
    """

    machine: dict[str, Any]
    date: str
    frame: tuple[int, int]
    frames: int
    budget_seconds: float
    max_drop_points: float
    candidates: Sequence[CandidateResult]
    baselines: Sequence[BaselineResult]
    detectors: Sequence[DetectorScore]
    chosen: ChosenResult
    rejected: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "schema": self.schema,
            "machine": self.machine,
            "date": self.date,
            "frame": list(self.frame),
            "frames": self.frames,
            "budget_seconds": self.budget_seconds,
            "max_drop_points": self.max_drop_points,
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "baselines": [baseline.to_dict() for baseline in self.baselines],
            "detectors": [detector.to_dict() for detector in self.detectors],
            "chosen": self.chosen.to_dict(),
            "rejected": self.rejected,
        }
