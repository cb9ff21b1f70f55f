"""Runs a pipeline on a source, frame by frame, and reports to sinks."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edgebreed.edge.percentile import summary as percentile_summary
from edgebreed.edge.pipeline import Pipeline
from edgebreed.edge.stream.batching import Batching
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.lane import Lane, StreamOptions
from edgebreed.edge.stream.sinks import Sink, SinkGroup
from edgebreed.edge.stream.sources import FrameSource
from edgebreed.edge.stream.stage_threads import StageThreads

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
    return run_streams([Lane(source, options or StreamOptions())], pipeline, sinks, stop)[0]


def run_streams(
    lanes: Sequence[Lane],
    pipeline: Pipeline,
    sinks: Sequence[Sink] = (),
    stop: Callable[[], bool] = lambda: False,
    batching: Batching | None = None,
) -> list[StreamSummary]:
    """Processes several sources with one pipeline, each as `run_stream` does; if one ends, the others go on.

    Args:
        lanes: the sources, with names that tell them apart where there are several.
        pipeline: shared by all.
        sinks: where results and states of all go.
        stop: whether to end, asked again and again.
        batching: how many frames share an inference.

    Returns:
        The outcome of each, in their order.
    """
    run = _Run(lanes, pipeline, sinks, batching)
    try:
        run.process(stop)
    except BaseException:
        run.interrupted()
        raise
    finally:
        run.finish()
    return list(run.summaries.values())


class _Run:
    """A stream of one or several sources, from the first state to the last."""

    def __init__(
        self, lanes: Sequence[Lane], pipeline: Pipeline, sinks: Sequence[Sink], batching: Batching | None
    ) -> None:
        self.summaries = {
            lane.name: StreamSummary(lane.source.name, lane.source.backend, pipeline.engine.name)
            for lane in lanes
        }
        self._lanes = {lane.name: lane for lane in lanes}
        self._threads, self._sinks = StageThreads(pipeline, batching), SinkGroup(sinks)
        for lane in lanes:
            self._threads.attach(lane)
        self._start, self._deadline = time.monotonic(), float("inf")

    def process(self, stop: Callable[[], bool]) -> None:
        """Passes results and states to the sinks until the threads end, or do not end in time."""
        for name, summary in self.summaries.items():
            first = f"{summary.source} by {summary.backend}, in {summary.engine}"
            self._on_state(name, State.RUNNING, first, self._lanes[name].source.counters.counts)
        self._threads.start()
        results = self._threads.results
        while not (results.closed and results.empty()) and time.monotonic() < self._deadline:
            item = results.get(POLL_S)
            if item is not None:
                self._report(item)
            if stop() or self._sinks.all_failed:
                self._end_for("stopped")
                self._threads.stop()
            if self._threads.stopping.is_set():
                self._close_sources()

    def interrupted(self) -> None:
        """Says that an exception of the caller ended it."""
        self._end_for("interrupted")

    def finish(self) -> None:
        """Ends the threads, completes the summaries, and closes the sinks."""
        self._threads.stop()
        self._threads.results.close(discard=True)
        self._close_sources()
        all_ended = self._threads.join(max(0.0, self._deadline - time.monotonic()))
        for name in self.summaries:
            self._summarize(name, all_ended)
        self._fail_all_with(self._sinks.errors)
        for name, summary in self.summaries.items():
            self._on_state(name, summary.state, summary.reason, summary.counts)
        self._sinks.close()
        self._fail_all_with(self._sinks.errors)

    def _end_for(self, reason: str) -> None:
        for summary in self.summaries.values():
            summary.reason = reason

    def _close_sources(self) -> None:
        """Begins the time in which the threads must end, which a driver that hangs must not extend."""
        if self._deadline == float("inf"):
            self._deadline = time.monotonic() + SHUTDOWN_S
            for lane in self._lanes.values():
                lane.source.close()

    def _on_state(self, name: str, state: State, reason: str, counts: FrameCounts) -> None:
        self._sinks.on_state(StateChange(state, reason, time.time(), counts, name))

    def _report(self, item: FrameResult | StateChange) -> None:
        if isinstance(item, StateChange):
            self._sinks.on_state(item)
            return
        summary = self.summaries[item.name]
        summary.frame_latencies_ms.append(item.frame_latency_ms)
        summary.seconds = time.monotonic() - self._start
        self._sinks.on_result(item)

    def _summarize(self, name: str, all_ended: bool) -> None:
        lane, summary, threads = self._lanes[name], self.summaries[name], self._threads
        counters = lane.source.counters
        counts = counters.counts
        if not all_ended:  # a frame in a stage that hangs gets no result
            counts = replace(counts, dropped=counts.captured - counts.processed - counts.failed)
        summary.counts, summary.last_frame_error = counts, str(lane.last_frame_error or "")
        frame_error = lane.last_frame_error or counters.last_error
        nothing = frame_error if counts.processed == 0 else counters.incomplete
        error = threads.error or lane.error or nothing
        if error is not None:
            _fail_with(summary, [error])
            return
        summary.state = State.ENDED
        if not summary.reason:
            summary.reason = (
                f"{counts.processed} processed" if lane.is_complete else f"end of {summary.source}"
            )

    def _fail_all_with(self, errors: Sequence[Exception]) -> None:
        for summary in self.summaries.values():
            _fail_with(summary, errors)


def _fail_with(summary: StreamSummary, errors: Sequence[Exception]) -> None:
    """Adds errors that are new, the newest first: older ones of sinks were logged when they came."""
    new = [error for error in reversed(errors) if error not in summary.errors]
    summary.errors += new
    if new and summary.state is not State.FAILED:
        summary.state, summary.reason = State.FAILED, str(new[0])
