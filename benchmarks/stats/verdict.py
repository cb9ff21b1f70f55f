"""Whether a measurement is valid, that is, may be quoted; if not, every reason why."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev
from typing import Any

from edgebreed.benchmarks.machine.conditions import Contention
from edgebreed.benchmarks.stats.early_stopping import min_queries
from edgebreed.benchmarks.stats.samples import Sample, Warmup, medians_by
from edgebreed.edge.engines.onnx_runtime import PROVIDERS

MIN_SECONDS = 10.0
BLOCKS = 10
MIN_SAMPLES = 3 * BLOCKS  # so that every block has a median
MAX_BLOCK_VARIATION = 0.05
MAX_STAGES_OFF = 0.03  # beyond it, an image takes time that no stage accounts for
MAX_OTHERS = 0.1
MAX_STOLEN = 0.05


@dataclass(frozen=True)
class Evidence:
    """What a verdict is based on.

    Attributes:
        seconds: time measured.
        samples: number of queries; a batch is one.
        percentile: that the scenario is judged by: 90 for single-stream, 99 for multi-stream; None for
            offline, which is judged by its throughput.
        block_variation: see `block_variation`; None where there are too few samples, which is a reason
            already.
        contention: processor time that others took.
        throttled: each sign that the processor was throttled.
        engine_asked: the engine that was asked for, as `--engine` calls it.
        engine: the name of the engine that ran.
        stages_sum_share: the sum of all stages as a share of the sum of all latencies.
        warmup: what ran before.
    """

    seconds: float
    samples: int
    percentile: int | None = 90
    block_variation: float | None = None
    contention: Contention = field(default_factory=lambda: Contention(None, None))
    throttled: tuple[str, ...] = ()
    engine_asked: str = "auto"
    engine: str = ""
    stages_sum_share: float = 1.0
    warmup: Warmup = field(default_factory=lambda: Warmup(0, 0.0, True))


@dataclass(frozen=True)
class Verdict:
    """VALID, or INVALID with every reason."""

    why: tuple[str, ...]

    @property
    def label(self) -> str:
        """VALID or INVALID."""
        return "INVALID" if self.why else "VALID"


def judge(evidence: Evidence) -> Verdict:
    """Checks a measurement against every rule."""
    rules = (
        _check_duration,
        _check_samples,
        _check_warmup,
        _check_stability,
        _check_stages,
        _check_contention,
        _check_throttling,
        _check_engine,
    )
    return Verdict(tuple(reason for rule in rules for reason in rule(evidence)))


def required_samples(percentile: int | None) -> int:
    """Queries that a scenario needs: by early stopping for its percentile, else for `block_variation`."""
    return MIN_SAMPLES if percentile is None else min_queries(percentile)


def validity_rules(percentile: int | None) -> dict[str, Any]:
    """The bounds, as a result file states them."""
    return {
        "seconds": MIN_SECONDS,
        "samples": required_samples(percentile),
        "percentile": percentile,
        "spread": MAX_BLOCK_VARIATION,
        "stages_off": MAX_STAGES_OFF,
        "others_share": MAX_OTHERS,
        "stolen_share": MAX_STOLEN,
    }


def block_variation(samples: Sequence[Sample]) -> float | None:
    """How much the latency drifted during a run: the coefficient of variation of ten blocks' medians.

    Each latency is first divided by the median of its own query, so that images of different sizes do not
    look like drift. The median of a block is not moved by single outliers, which the percentiles keep.
    None for fewer than `MIN_SAMPLES` samples.
    """
    if len(samples) < MIN_SAMPLES:
        return None
    medians = medians_by((sample.query for sample in samples), (sample.total_ms for sample in samples))
    ratios = [sample.total_ms / medians[sample.query] for sample in samples]
    edges = [len(ratios) * number // BLOCKS for number in range(BLOCKS + 1)]
    blocks = [median(ratios[start:end]) for start, end in itertools.pairwise(edges)]
    return pstdev(blocks) / (sum(blocks) / BLOCKS)


def engine_option(engine: str) -> str:
    """What `--engine` calls an engine by its full name: `onnxruntime/CUDAExecutionProvider` is `cuda`."""
    runtime, _, detail = engine.partition("/")
    options = {provider: option for option, provider in PROVIDERS.items()}
    return options.get(detail, detail) if runtime == "onnxruntime" else runtime


def _check_duration(evidence: Evidence) -> list[str]:
    if evidence.seconds >= MIN_SECONDS:
        return []
    return [f"{evidence.seconds:.1f} s measured, at least {MIN_SECONDS:.0f} s are needed: raise --duration"]


def _check_samples(evidence: Evidence) -> list[str]:
    needed = required_samples(evidence.percentile)
    if evidence.samples >= needed:
        return []
    if evidence.percentile is None:
        reason = f"{evidence.samples} batches, at least {needed} are needed to tell a steady throughput"
    else:
        reason = (
            f"{evidence.samples} samples, at least {needed} are needed for p{evidence.percentile} (MLPerf's "
            "early stopping)"
        )
    return [f"{reason}: raise --duration{_sufficient_duration(evidence, needed)}"]


def _sufficient_duration(evidence: Evidence, needed: int) -> str:
    if not evidence.samples:
        return ""
    return f" to {math.ceil(1.1 * evidence.seconds * needed / evidence.samples)}"


def _check_warmup(evidence: Evidence) -> list[str]:
    if evidence.warmup.steady:
        return []
    return [
        f"the latency still changed after a warm-up of {evidence.warmup.seconds:.1f} s: end other programs, "
        "fix the clock, or measure again"
    ]


def _check_stages(evidence: Evidence) -> list[str]:
    if abs(evidence.stages_sum_share - 1) <= MAX_STAGES_OFF:
        return []
    return [
        f"the stages sum to {evidence.stages_sum_share:.1%} of the whole, at most {MAX_STAGES_OFF:.0%} off "
        "is allowed: end other programs and measure again; if it stays, report it"
    ]


def _check_stability(evidence: Evidence) -> list[str]:
    if evidence.block_variation is None or evidence.block_variation <= MAX_BLOCK_VARIATION:
        return []
    return [
        f"unstable: the medians of {BLOCKS} blocks vary by {evidence.block_variation:.1%}, at most "
        f"{MAX_BLOCK_VARIATION:.0%} is allowed: end other programs, fix the clock, or measure longer"
    ]


def _check_contention(evidence: Evidence) -> list[str]:
    others, stolen = evidence.contention.others_share or 0, evidence.contention.stolen_share or 0
    found = []
    if others > MAX_OTHERS:
        found.append(
            f"other programs took {others:.0%} of the processors' time, at most {MAX_OTHERS:.0%} is allowed: "
            "end them"
        )
    if stolen > MAX_STOLEN:
        found.append(
            f"the hypervisor took {stolen:.0%} of the processors' time, at most {MAX_STOLEN:.0%} is allowed: "
            "measure on a machine of your own"
        )
    return found


def _check_throttling(evidence: Evidence) -> list[str]:
    return [f"throttled: {sign}: cool the machine or fix its clock" for sign in evidence.throttled]


def _check_engine(evidence: Evidence) -> list[str]:
    if evidence.engine_asked in ("auto", engine_option(evidence.engine)):
        return []
    asked, ran = evidence.engine_asked, evidence.engine
    return [f"{asked} was asked for and {ran} ran: install it, or ask for what is here"]
