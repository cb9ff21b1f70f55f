"""Whether a measurement may be quoted."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev
from typing import Any

from edgebreed.benchmarks.machine.contention import Contention
from edgebreed.benchmarks.stats.early_stopping import fewest
from edgebreed.benchmarks.stats.samples import Sample, Warmup, medians_by
from edgebreed.edge.engines.onnx_runtime import PROVIDERS

MIN_SECONDS = 10.0
BLOCKS = 10
LEAST = 3 * BLOCKS  # samples, so that a block has a median
MAX_SPREAD = 0.05
MAX_STAGES_OFF = 0.03  # more, and there is work on the way of an image that no stage tells of
MAX_OTHERS = 0.1
MAX_STOLEN = 0.05


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on.

    Attributes:
        seconds: time measured.
        samples: number of queries; a batch is one.
        percentile: the scenario's own: 90 for single-stream, 99 for multi-stream; None for offline, where
            the throughput counts.
        spread: of the blocks' medians, see `spread`; None where there are too few samples to tell, which are
            too few for every scenario, so that this is no reason of its own.
        contention: what other programs took.
        throttled: each sign that the processor was slowed down.
        asked: the engine that was asked for.
        ran: the engine that ran.
        stages_sum_share: the stages' sum as a share of the whole.
        warmup: what came before.
    """

    seconds: float
    samples: int
    percentile: int | None = 90
    spread: float | None = None
    contention: Contention = field(default_factory=lambda: Contention(None, None))
    throttled: tuple[str, ...] = ()
    asked: str = "auto"
    ran: str = ""
    stages_sum_share: float = 1.0
    warmup: Warmup = field(default_factory=lambda: Warmup(0, 0.0, True))


@dataclass(frozen=True)
class Verdict:
    """VALID, or INVALID with every reason."""

    why: tuple[str, ...]

    @property
    def word(self) -> str:
        """VALID or INVALID."""
        return "INVALID" if self.why else "VALID"


def judge(evidence: Evidence) -> Verdict:
    """Holds a run against every rule."""
    rules = (
        _long_enough,
        _samples_enough,
        _warm,
        _steady,
        _accounted,
        _undisturbed,
        _unthrottled,
        _as_asked,
    )
    return Verdict(tuple(reason for rule in rules for reason in rule(evidence)))


def fewest_samples(percentile: int | None) -> int:
    """Queries that a scenario needs: by early stopping for its percentile, else enough for `spread`."""
    return LEAST if percentile is None else fewest(percentile)


def rules(percentile: int | None) -> dict[str, Any]:
    """The bounds as a result file states them."""
    return {
        "seconds": MIN_SECONDS,
        "samples": fewest_samples(percentile),
        "percentile": percentile,
        "spread": MAX_SPREAD,
        "stages_off": MAX_STAGES_OFF,
        "others_share": MAX_OTHERS,
        "stolen_share": MAX_STOLEN,
    }


def spread(samples: Sequence[Sample]) -> float | None:
    """How far the latency wandered during a run: the coefficient of variation of ten blocks' medians.

    Each latency is first divided by its own query's median, so that photos of different sizes do not look
    like drift; a block's median does not see single outliers, which are kept in the percentiles.
    None for fewer than `LEAST` samples.
    """
    if len(samples) < LEAST:
        return None
    usual = medians_by((sample.query for sample in samples), (sample.total_ms for sample in samples))
    ratios = [sample.total_ms / usual[sample.query] for sample in samples]
    edges = [len(ratios) * number // BLOCKS for number in range(BLOCKS + 1)]
    medians = [median(ratios[start:end]) for start, end in itertools.pairwise(edges)]
    return pstdev(medians) / (sum(medians) / BLOCKS)


def engine_word(ran: str) -> str:
    """What `--engine` calls an engine that ran: `onnxruntime/CUDAExecutionProvider` is `cuda`."""
    runtime, _, detail = ran.partition("/")
    words = {provider: word for word, provider in PROVIDERS.items()}
    return words.get(detail, detail) if runtime == "onnxruntime" else runtime


def _long_enough(evidence: Evidence) -> list[str]:
    if evidence.seconds >= MIN_SECONDS:
        return []
    return [f"{evidence.seconds:.1f} s measured, at least {MIN_SECONDS:.0f} s are needed: raise --duration"]


def _samples_enough(evidence: Evidence) -> list[str]:
    needed = fewest_samples(evidence.percentile)
    if evidence.samples >= needed:
        return []
    if evidence.percentile is None:
        told = f"{evidence.samples} batches, at least {needed} are needed to tell a steady throughput"
    else:
        told = (
            f"{evidence.samples} samples, at least {needed} are needed for p{evidence.percentile} (MLPerf's "
            "early stopping)"
        )
    return [f"{told}: raise --duration{_enough(evidence, needed)}"]


def _enough(evidence: Evidence, needed: int) -> str:
    if not evidence.samples:
        return ""
    return f" to {math.ceil(1.1 * evidence.seconds * needed / evidence.samples)}"


def _warm(evidence: Evidence) -> list[str]:
    if evidence.warmup.steady:
        return []
    return [
        f"the latency still changed after a warm-up of {evidence.warmup.seconds:.1f} s: end other programs, "
        "fix the clock, or measure again"
    ]


def _accounted(evidence: Evidence) -> list[str]:
    if abs(evidence.stages_sum_share - 1) <= MAX_STAGES_OFF:
        return []
    return [
        f"the stages sum to {evidence.stages_sum_share:.1%} of the whole, at most {MAX_STAGES_OFF:.0%} off "
        "is allowed: end other programs and measure again; if it stays, report it"
    ]


def _steady(evidence: Evidence) -> list[str]:
    if evidence.spread is None or evidence.spread <= MAX_SPREAD:
        return []
    return [
        f"unstable: the medians of {BLOCKS} blocks vary by {evidence.spread:.1%}, at most {MAX_SPREAD:.0%} "
        "is allowed: end other programs, fix the clock, or measure longer"
    ]


def _undisturbed(evidence: Evidence) -> list[str]:
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


def _unthrottled(evidence: Evidence) -> list[str]:
    return [f"throttled: {sign}: cool the machine or fix its clock" for sign in evidence.throttled]


def _as_asked(evidence: Evidence) -> list[str]:
    if evidence.asked in ("auto", engine_word(evidence.ran)):
        return []
    return [f"{evidence.asked} was asked for and {evidence.ran} ran: install it, or ask for what is here"]
