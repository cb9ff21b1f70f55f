"""The newest result of a stream, a minute of history, and its health."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any, NamedTuple

from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.redaction import redact
from edgebreed.edge.text import printable

HISTORY_S = 60.0
FPS_WINDOW_S = 5.0
STALLED_S = 10.0
"""A stream without a result for so long is unhealthy, whatever its state."""


class HistoryPoint(NamedTuple):
    """One result of the history.

    Attributes:
        at: monotonic time in s; in `StreamState.history`, s before now.
        frame_latency_ms: from capture to result, in ms.
        pipeline_ms: sum of the stages, in ms.
    """

    at: float
    frame_latency_ms: float
    pipeline_ms: float


@dataclass(frozen=True)
class Snapshot:
    """A consistent view of a stream at one moment.

    Attributes:
        shown: the result that viewers see: the newest, or the one at which the page was paused.
        newest: the newest result; None before the first.
        change: the last change of state.
        paused: whether the page is paused.
        fps: results per second over the last seconds.
        since_result_s: time since the newest result, or since the start before the first, in s.
        outage_s: how long the source has been lost, in s; 0 while it is not.
        counts: the newest frame counts, be it of a result or of a change of state.
    """

    shown: FrameResult | None
    newest: FrameResult | None
    change: StateChange
    paused: bool
    fps: float
    since_result_s: float
    outage_s: float
    counts: FrameCounts

    @property
    def state(self) -> State:
        """The stream's state."""
        return self.change.state


@dataclass(frozen=True)
class Health:
    """Whether a stream works, for a supervisor.

    Attributes:
        healthy: whether results come.
        reason: one line; empty while healthy.
        state: the stream's state.
        since_result_s: time since the newest result, in s.
    """

    healthy: bool
    reason: str
    state: State
    since_result_s: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types."""
        return {
            "status": "ok" if self.healthy else "failing",
            "reason": printable(self.reason),
            "state": self.state.value,
            "since_result_s": round(self.since_result_s, 1),
        }


class StreamState:
    """A sink that keeps the newest result and a minute of history.

    The stream's thread only swaps references and appends one point; viewers' threads do the rest.

    Args:
        clock: monotonic time, in s.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._started = self._last_result = clock()
        self._newest: FrameResult | None = None
        self._paused_at: FrameResult | None = None
        self._change = StateChange(State.STARTING, "", time.time())
        self._lost_at: float | None = None
        self._counts = FrameCounts()
        self._points: deque[HistoryPoint] = deque()

    def on_result(self, result: FrameResult) -> None:
        """Receives a frame and its result."""
        now = self._clock()
        point = HistoryPoint(now, result.frame_latency_ms, sum(result.result.stages_ms.values()))
        with self._lock:
            self._newest, self._last_result = result, now
            self._counts = _newer(self._counts, result.counts)
            self._points.append(point)
            while self._points[0].at < now - HISTORY_S:
                self._points.popleft()

    def on_state(self, change: StateChange) -> None:
        """Receives a change of state."""
        now = self._clock()
        with self._lock:
            if change.state is not State.RECONNECTING:
                self._lost_at = None
            elif self._lost_at is None:
                self._lost_at = now
            self._change, self._counts = change, _newer(self._counts, change.counts)

    def close(self) -> None:
        """Nothing is buffered."""

    def pause(self, paused: bool) -> None:
        """Freezes what viewers see, or lets it continue; the stream itself goes on."""
        with self._lock:
            self._paused_at = self._newest if paused else None

    def snapshot(self) -> Snapshot:
        """A view of this moment."""
        now = self._clock()
        with self._lock:
            shown, paused = self._paused_at or self._newest, self._paused_at is not None
            fps, since_result = self._fps(now), now - self._last_result
            outage = 0.0 if self._lost_at is None else now - self._lost_at
            return Snapshot(
                shown, self._newest, self._change, paused, fps, since_result, outage, self._counts
            )

    def history(self, max_points: int = 120) -> list[HistoryPoint]:
        """The last minute, oldest first, evenly thinned out to at most so many points."""
        now = self._clock()
        with self._lock:
            kept = [point for point in self._points if point.at >= now - HISTORY_S]
        step = -(-len(kept) // max_points) or 1
        return [point._replace(at=now - point.at) for point in kept[::-1][::step][::-1]]

    def _fps(self, now: float) -> float:
        recent = 0
        for point in reversed(self._points):
            if point.at <= now - FPS_WINDOW_S:
                break
            recent += 1
        return recent / min(max(now - self._started, 1.0), FPS_WINDOW_S)


def _newer(one: FrameCounts, other: FrameCounts) -> FrameCounts:
    """The counts of the later moment: results and changes of state come from two threads, and overtake."""
    return max(one, other, key=lambda counts: sum(astuple(counts)))


def check_health(snapshot: Snapshot, *, with_details: bool) -> Health:
    """A stream is healthy unless it has failed or ended, or had no result for `STALLED_S` seconds.

    Args:
        snapshot: of the stream.
        with_details: whether to append the stream's own reason, which may name addresses.
    """
    state, since_result = snapshot.state, snapshot.since_result_s
    if state is State.FAILED:
        reason = "the stream failed"
    elif state is State.ENDED:
        reason = "the stream has ended"
    elif since_result > STALLED_S:
        reason = f"no result for {since_result:.0f} s, {state.value}"
    else:
        return Health(True, "", state, since_result)
    details = redact(snapshot.change.reason) if with_details else ""
    return Health(False, f"{reason}: {details}" if details else reason, state, since_result)
