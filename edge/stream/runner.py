"""Runs a pipeline on a source, frame by frame, and reports to sinks."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edgebreed.edge.percentile import summary as percentile_summary
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.sinks import Sink, SinkGroup
from edgebreed.edge.stream.sources import FrameSource
from edgebreed.edge.stream.stage_threads import StageThreads, StreamOptions

POLL_S = 0.05  # longest delay until a request to stop is noticed
SHUTDOWN_S = 3.0  # time for the threads to end, after which they are left behind
MAX_LATENCIES = 65536  # a stream runs for months; its memory must not grow


@dataclass
class StreamSummary:
    """The outcome of a stream.

    Attributes:
        source: name of the source, without credentials.
        backend: what decoded it.
        engine: what ran the model.
        state: ended or failed.
        reason: why it ended.
        counts: frame counts.
        seconds: from the start to the last result.
        frame_latencies_ms: time from capture to result of the newest frames, in ms.
        errors: what the stream or its sinks failed with.
        last_frame_error: the last exception of the pipeline on a single frame; empty without one.
    """

    source: str
    backend: str
    engine: str
    state: State = State.RUNNING
    reason: str = ""
    counts: FrameCounts = field(default_factory=FrameCounts)
    seconds: float = 0.0
    frame_latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_LATENCIES))
    errors: list[Exception] = field(default_factory=list)
    last_frame_error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; `age_ms` holds the frame latencies."""
        counts = self.counts
        return {
            "source": self.source,
            "backend": self.backend,
            "engine": self.engine,
            "state": self.state.value,
            "reason": self.reason,
            "frames": {
                "read": counts.captured,
                "processed": counts.processed,
                "dropped": counts.dropped,
                "failed": counts.failed,
            },
            "fps": counts.processed / self.seconds if self.seconds else 0.0,
            "age_ms": percentile_summary(tuple(self.frame_latencies_ms), (50, 99)),
            "reconnects": counts.reconnects,
            "reconnect_attempts": counts.reconnect_attempts,
        }


def run_stream(
    source: FrameSource,
    pipeline: Pipeline,
    sinks: Sequence[Sink] = (),
    options: StreamOptions | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> StreamSummary:
    """Processes frames until the source ends, `max_frames` are processed, all sinks fail, or `stop()`.

    Capture, classification and decision run in threads of their own. Sinks are called from the calling
    thread, because a window must be drawn from the main thread. Of a live source only the newest frame waits
    for a stage; of any other source every frame is processed. The source and the sinks are closed.

    Returns:
        The outcome. Faults are in its `errors` and are not raised, so that the results so far count.
    """
    run = _Run(source, pipeline, sinks, options or StreamOptions())
    try:
        run.process(stop)
    except BaseException:
        run.summary.reason = "interrupted"
        raise
    finally:
        run.finish()
    return run.summary


class _Run:
    """One stream, from its first state to its last."""

    def __init__(
        self, source: FrameSource, pipeline: Pipeline, sinks: Sequence[Sink], options: StreamOptions
    ) -> None:
        self.summary = StreamSummary(source.name, source.backend, pipeline.engine.name)
        self._source, self._options = source, options
        self._threads, self._sinks = StageThreads(source, pipeline, options), SinkGroup(sinks)
        self._start, self._deadline = time.monotonic(), float("inf")

    def process(self, stop: Callable[[], bool]) -> None:
        """Passes results and states to the sinks until the threads end, or do not end in time."""
        summary = self.summary
        first = f"{summary.source} by {summary.backend}, in {summary.engine}"
        self._on_state(State.RUNNING, first, self._source.counters.counts)
        self._threads.start()
        results = self._threads.results
        while not (results.closed and results.empty()) and time.monotonic() < self._deadline:
            item = results.get(POLL_S)
            if item is not None:
                self._report(item)
            if stop() or self._sinks.all_failed:
                summary.reason = "stopped"
                self._threads.stop()
            if self._threads.stopping.is_set():
                self._close_source()

    def finish(self) -> None:
        """Ends the threads, completes the summary, and closes the sinks."""
        self._threads.stop()
        self._threads.results.close(discard=True)
        self._close_source()
        self._summarize(all_ended=self._threads.join(max(0.0, self._deadline - time.monotonic())))
        self._fail_with(self._sinks.errors)
        self._on_state(self.summary.state, self.summary.reason, self.summary.counts)
        self._sinks.close()
        self._fail_with(self._sinks.errors)

    def _close_source(self) -> None:
        """Begins the time in which the threads must end, which a driver that hangs must not extend."""
        if self._deadline == float("inf"):
            self._deadline = time.monotonic() + SHUTDOWN_S
            self._source.close()

    def _on_state(self, state: State, reason: str, counts: FrameCounts) -> None:
        self._sinks.on_state(StateChange(state, reason, time.time(), counts))

    def _report(self, item: FrameResult | StateChange) -> None:
        if isinstance(item, StateChange):
            self._sinks.on_state(item)
            return
        self.summary.frame_latencies_ms.append(item.frame_latency_ms)
        self.summary.seconds = time.monotonic() - self._start
        self._sinks.on_result(item)

    def _summarize(self, all_ended: bool) -> None:
        summary, threads, counts = self.summary, self._threads, self._source.counters.counts
        if not all_ended:  # a frame in a stage that hangs gets no result
            counts = replace(counts, dropped=counts.captured - counts.processed - counts.failed)
        summary.counts, summary.last_frame_error = counts, str(threads.last_frame_error or "")
        frame_error = threads.last_frame_error or self._source.counters.last_error
        error = threads.error or (frame_error if counts.processed == 0 else self._source.counters.incomplete)
        if error is not None:
            self._fail_with([error])
            return
        summary.state = State.ENDED
        if not summary.reason:
            complete = counts.processed == self._options.max_frames
            summary.reason = f"{counts.processed} processed" if complete else f"end of {summary.source}"

    def _fail_with(self, errors: Sequence[Exception]) -> None:
        """Adds errors that are new, the newest first: older ones of sinks were logged when they came."""
        summary = self.summary
        new = [error for error in reversed(errors) if error not in summary.errors]
        summary.errors += new
        if new and summary.state is not State.FAILED:
            summary.state, summary.reason = State.FAILED, str(new[0])
