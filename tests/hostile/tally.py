"""What became of the inputs of the campaigns, as one table."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

MOST_SECONDS = 5.0  # of the processor, for one input
MOST_BYTES = 1_000_000_000  # of memory
BAD = ("crash", "foreign", "over 5 s", "over 1.0 GB")
"""The outcomes that no input may have; what follows such a word tells more."""


class Tally:
    """Counts of outcomes by campaign."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def count(self, campaign: str, outcome: str, times: int = 1) -> None:
        """Counts an outcome of a campaign."""
        self._counts[campaign][outcome] += times

    def add(self, campaign: str, counts: Mapping[str, int]) -> None:
        """Counts outcomes of a campaign."""
        self._counts[campaign].update({outcome: times for outcome, times in counts.items() if times})

    def rows(self) -> Iterator[list[str]]:
        """The head of the table, then a row a campaign."""
        if self._counts:
            yield ["campaign", "inputs", *BAD, "the others"]
        for campaign, counts in sorted(self._counts.items()):
            others = {outcome: count for outcome, count in counts.items() if not outcome.startswith(BAD)}
            bad = (sum(n for outcome, n in counts.items() if outcome.startswith(word)) for word in BAD)
            told = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(others.items()))
            yield [campaign, f"{counts.total():,}", *map(str, bad), told]


def within_limits(outcome: str, seconds: float, peak_bytes: int) -> str:
    """An outcome, or the limit that was passed for it.

    Args:
        outcome: what came of an input.
        seconds: of the processor that it took.
        peak_bytes: the most memory that its process had.
    """
    if seconds > MOST_SECONDS:
        return BAD[2]
    return BAD[3] if peak_bytes > MOST_BYTES else outcome
