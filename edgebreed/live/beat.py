"""One clock for all viewers."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Beat(Generic[Value]):
    """Wakes all viewers at the same moments, so that what is made for one of them is made for all.

    It bounds both costs: nothing is made more often than the clock beats, nor more than once a beat.

    Args:
        per_s: beats per second.
        make: what viewers get; called once a beat, and not at all where nobody waits.
    """

    def __init__(self, per_s: float, make: Callable[[], Value]) -> None:
        self._period, self._make = 1 / per_s, make
        self._made: tuple[int, Value] | None = None

    async def next(self) -> Value:
        """Waits for the next beat, and gives what was made on it."""
        await asyncio.sleep(self._period - time.monotonic() % self._period)
        beat = round(time.monotonic() / self._period)
        if self._made is None or self._made[0] != beat:
            self._made = (beat, self._make())
        return self._made[1]
