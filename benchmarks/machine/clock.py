"""The clock that everything is measured by."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """Tells the time, and waits."""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class SystemClock:
    """The machine's own, to the nanosecond."""

    def now(self) -> float:
        """Seconds since some moment."""
        return time.perf_counter_ns() / 1e9

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)


@dataclass
class FixedClock:
    """Goes on only when it is told: for tests, in which nothing may hang on the machine's speed."""

    seconds: float = 0.0

    def now(self) -> float:
        """Seconds that it was told of."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Goes on at once."""
        self.seconds += seconds
