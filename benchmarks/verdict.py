"""Whether a measurement may be quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_SECONDS = 10.0
MIN_SAMPLES = 64  # MLPerf's early stopping needs as many for a 90th percentile at 99 % confidence


@dataclass(frozen=True)
class Verdict:
    """VALID, or INVALID with every reason."""

    why: tuple[str, ...]

    @property
    def word(self) -> str:
        """VALID or INVALID."""
        return "INVALID" if self.why else "VALID"


def judge(latencies_ms: Sequence[float]) -> Verdict:
    """Judges a run by how long it took and how many samples it has."""
    seconds = sum(latencies_ms) / 1e3
    reasons = []
    if seconds < MIN_SECONDS * 0.99:  # the last sample begins before the time is up
        reasons.append(f"{seconds:.1f} s measured, at least {MIN_SECONDS:.0f} s are needed: raise --duration")
    if len(latencies_ms) < MIN_SAMPLES:
        reasons.append(f"{len(latencies_ms)} samples, at least {MIN_SAMPLES} are needed: raise --duration")
    return Verdict(tuple(reasons))
