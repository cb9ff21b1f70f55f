"""Whether a measurement may be quoted."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev
from typing import Any

from edgebreed.benchmarks.contention import Contention
from edgebreed.benchmarks.early_stopping import fewest
from edgebreed.benchmarks.samples import Sample, medians_by
from edgebreed.edge.engines.onnx_runtime import PROVIDERS

MIN_SECONDS = 10.0
BLOCKS = 10
MAX_SPREAD = 0.05
MAX_OTHERS = 0.1
MAX_STOLEN = 0.05


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on.

    Attributes:
        seconds: time measured.
        samples: number of queries.
        percentile: the scenario's own: 90 for single-stream, 99 for multi-stream.
        spread: of the blocks' medians, see `spread`; None where there are too few samples to tell.
        contention: what other programs took.
        throttled: each sign that the processor was slowed down.
        asked: the engine that was asked for.
        ran: the engine that ran.
    """

    seconds: float
    samples: int
    percentile: int = 90
    spread: float | None = None
    contention: Contention = field(default_factory=lambda: Contention(None, None))
    throttled: tuple[str, ...] = ()
    asked: str = "auto"
    ran: str = ""


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
    rules = (_long_enough, _samples_enough, _steady, _undisturbed, _unthrottled, _as_asked)
    return Verdict(tuple(reason for rule in rules for reason in rule(evidence)))


def rules(percentile: int) -> dict[str, Any]:
    """The bounds as a result file states them."""
    return {
        "seconds": MIN_SECONDS,
        "samples": fewest(percentile),
        "percentile": percentile,
        "spread": MAX_SPREAD,
        "others_share": MAX_OTHERS,
        "stolen_share": MAX_STOLEN,
    }


def spread(samples: Sequence[Sample]) -> float | None:
    """How far the latency wandered during a run: the coefficient of variation of ten blocks' medians.

    Each latency is first divided by its own query's median, so that photos of different sizes do not look
    like drift; a block's median does not see single outliers, which are kept in the percentiles.
    None for fewer than 30 samples.
    """
    if len(samples) < 3 * BLOCKS:
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
    needed = fewest(evidence.percentile)
    if evidence.samples >= needed:
        return []
    percentile = f"p{evidence.percentile}"
    return [
        f"{evidence.samples} samples, at least {needed} are needed for {percentile} (MLPerf's early "
        f"stopping): raise --duration{_enough(evidence, needed)}"
    ]


def _enough(evidence: Evidence, needed: int) -> str:
    if not evidence.samples:
        return ""
    return f" to {math.ceil(1.1 * evidence.seconds * needed / evidence.samples)}"


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
