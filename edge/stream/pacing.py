"""When to do what: back-off between attempts, frame rates, and the start of a pipeline stage."""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MARGIN_S = 0.004  # allowance for waking up and for the hand-over between threads


@dataclass(frozen=True)
class Backoff:
    """Exponential back-off with jitter.

    Each wait is drawn uniformly between `1 - jitter` times and once the nominal wait, which grows up to
    `cap`. Without jitter, all devices that lost the same switch would reconnect at the same moment
    (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).

    Attributes:
        first: nominal first wait, in s.
        factor: growth from one wait to the next.
        cap: longest nominal wait, in s.
        jitter: share of a wait that is random, 0..1.
    """

    first: float = 0.5
    factor: float = 2.0
    cap: float = 30.0
    jitter: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.first <= self.cap and self.factor >= 1 and 0 <= self.jitter <= 1):
            raise ValueError(f"{self}: 0 < first <= cap, factor >= 1 and 0 <= jitter <= 1 are needed")

    def waits(self, rng: random.Random | None = None) -> Iterator[float]:
        """The waits between attempts, in s; it never ends."""
        rng, nominal = rng or random.Random(), self.first
        while True:
            yield nominal * (1 - self.jitter * rng.random())
            nominal = min(self.cap, nominal * self.factor)


class FrameRateLimiter:
    """Selects frames of a source that delivers more than `fps`.

    Args:
        fps: frames per second to keep; None keeps all.
    """

    def __init__(self, fps: float | None) -> None:
        self._interval = 1 / fps if fps else 0.0
        self._due: float | None = None

    def skips(self, time_s: float) -> bool:
        """Whether to drop the frame of this time in s; a quarter of the interval is tolerated as jitter."""
        if self._due is not None and time_s < self._due - self._interval / 4:
            return True
        late_at_most = time_s - self._interval / 2
        self._due = self._interval + (time_s if self._due is None else max(self._due, late_at_most))
        return False


class PlaybackPacer:
    """Plays recorded frames at their own times.

    Args:
        stopped: ends a wait early.
    """

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._start: float | None = None

    def wait_until(self, media_s: float) -> bool:
        """Waits until a frame of this time in s is due; False if `stopped` was set meanwhile."""
        now = time.monotonic()
        self._start = now - media_s if self._start is None else self._start
        return not self._stopped.wait(max(0.0, self._start + media_s - now))


class StageScheduler:
    """Starts the first of two pipeline stages just in time for the second one.

    A first stage that runs ahead finishes frames that are stale by the time the second stage is free. It
    should start so late that it finishes when the second stage becomes free. To keep the second stage busy,
    the first is assumed to take the longest of its recent durations, the second the shortest.

    Args:
        window: number of recent durations of each stage that count.
        clock: monotonic time, in s.
    """

    def __init__(self, window: int = 8, clock: Callable[[], float] = time.monotonic) -> None:
        self._first: deque[float] = deque(maxlen=window)
        self._second: deque[float] = deque(maxlen=window)
        self._second_start, self._clock = 0.0, clock
        self._lock = threading.Lock()

    def first_finished(self, seconds: float) -> None:
        """Records the duration of the first stage for a frame, in s."""
        with self._lock:
            self._first.append(seconds)

    def second_started(self) -> None:
        """Records that the second stage starts on a frame."""
        with self._lock:
            self._second_start = self._clock()

    def second_finished(self) -> None:
        """Records that the second stage has finished the frame."""
        with self._lock:
            self._second.append(self._clock() - self._second_start)

    def delay_s(self) -> float:
        """How long the first stage should wait before it takes the newest frame, in s."""
        with self._lock:
            if not self._first or not self._second:
                return 0.0
            second_free = self._second_start + min(self._second)
            return max(0.0, second_free - max(self._first) - MARGIN_S - self._clock())
