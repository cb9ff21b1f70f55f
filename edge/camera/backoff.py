"""Waiting longer after each failure, and never in step with others."""

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Exponential back-off with jitter.

    Each wait is drawn evenly between `1 - jitter` times and once the nominal wait, which grows until the
    cap. Without jitter, cameras that lost one switch come back to it all at once
    (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

    Attributes:
        first: nominal first wait, in s.
        factor: growth from one wait to the next.
        cap: longest nominal wait, in s.
        jitter: share of a wait that is left to chance, 0..1.
    """

    first: float = 0.5
    factor: float = 2.0
    cap: float = 30.0
    jitter: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.first <= self.cap and self.factor >= 1 and 0 <= self.jitter <= 1):
            raise ValueError(f"{self}: 0 < first <= cap, factor >= 1 and 0 <= jitter <= 1 are needed")

    def waits(self, chance: random.Random | None = None) -> Iterator[float]:
        """The waits between tries, in s, without end."""
        chance, nominal = chance or random.Random(), self.first
        while True:
            yield nominal * (1 - self.jitter * chance.random())
            nominal = min(self.cap, nominal * self.factor)
