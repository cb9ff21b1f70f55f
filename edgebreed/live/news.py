"""Which answers are worth an event."""

import time
from collections.abc import Callable

from edgebreed.edge.prediction import Kind, Result

EVERY_S = 10.0
SHORTEST_S = 0.2
"""Even answers that change with every frame are told no more often than this, in s."""


class News:
    """Tells an answer when it changes, and the same answer again once in a while.

    Args:
        every_s: time after which the same answer is told again, in s.
        clock: seconds that only go forward.
    """

    def __init__(self, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._every, self._clock = every_s, clock
        self._told: tuple[Kind, str | None] | None = None
        self._at = 0.0

    def is_news(self, result: Result) -> bool:
        """Whether to tell this answer; what is said to be news counts as told."""
        now, answer = self._clock(), (result.kind, result.label)
        wait = self._every if answer == self._told else SHORTEST_S
        if self._told is not None and now - self._at < wait:
            return False
        self._told, self._at = answer, now
        return True
