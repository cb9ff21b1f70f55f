"""The clock that latencies are measured with, and one that tests set by hand."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock."""

    def now(self) -> float:
        """Seconds since an arbitrary moment; never decreases."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits."""
        ...


class SystemClock:
    """The operating system's performance counter, with a resolution of nanoseconds."""

    def now(self) -> float:
        """Seconds since an arbitrary moment."""
        return time.perf_counter_ns() / 1e9

    def sleep(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)


@dataclass
class ManualClock:
    """A clock that advances only by `sleep`, so that a test does not depend on the machine's speed."""

    seconds: float = 0.0

    def now(self) -> float:
        """Seconds that were slept so far."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Advances the clock and returns at once."""
        self.seconds += seconds
