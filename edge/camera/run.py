"""Answers a camera or a film, frame by frame, and tells whoever watches."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from edgebreed.edge.camera.events import Answered, Sink, State, StateChange
from edgebreed.edge.camera.source import FrameSource
from edgebreed.edge.camera.stages import Stages, StreamOptions
from edgebreed.edge.camera.summary import StreamSummary
from edgebreed.edge.pipeline import Pipeline

POLL_S = 0.05  # how soon a wish to stop is heard
GRACE_S = 3.0  # what a stage may take to end until it is left behind


class Watchers:
    """Tells several sinks the same; one that raises is told no more, and the others are told of it.

    Args:
        sinks: who is told. One with a true attribute `passive` keeps no stream going on its own.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.errors: list[Exception] = []
        self._all, self._told = list(sinks), list(sinks)
        self._state = State.RUNNING

    @property
    def gone(self) -> bool:
        """Whether sinks failed and none is left that a stream is answered for."""
        return bool(self.errors) and all(getattr(sink, "passive", False) for sink in self._told)

    def answered(self, answered: Answered) -> None:
        """Hands an answer on."""
        self._each(lambda sink: sink.answered(answered))

    def changed(self, state: State, reason: str, at: float | None = None) -> None:
        """Hands a change of state on, which happened at a Unix time in s; now by default."""
        self._state = state
        change = StateChange(state, reason, time.time() if at is None else at)
        self._each(lambda sink: sink.changed(change))

    def close(self) -> None:
        """Closes all."""
        self._told = list(self._all)
        self._each(lambda sink: sink.close(), at_end=True)

    def _each(self, tell: Callable[[Sink], None], at_end: bool = False) -> None:
        failed: list[Exception] = []
        for sink in tuple(self._told):
            try:
                tell(sink)
            except Exception as error:  # a full disk must not cost the others their answers
                failed.append(error)
                self._told.remove(sink)
        self.errors += failed
        if not at_end:
            for fault in failed:
                self.changed(self._state, f"an output failed: {fault}")


def run_stream(
    source: FrameSource,
    pipeline: Pipeline,
    sinks: Sequence[Sink] = (),
    options: StreamOptions | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> StreamSummary:
    """Answers frames until the source ends, enough are answered, or `stop` says so.

    Capture, detection and classification run in threads of their own; sinks are told from the thread that
    calls this, because windows must not be drawn from another. Where the source is live, a newer frame
    replaces one that waits for a stage; else each frame is answered. The source and the sinks are closed.

    Returns:
        What it did. What it failed with is in `errors`, not raised: the frames that were answered count.
    """
    run = _Run(source, pipeline, sinks, options or StreamOptions())
    try:
        run.tell_all(stop)
    except BaseException:
        run.done.reason = "interrupted"
        raise
    finally:
        run.finish()
    return run.done


class _Run:
    """One stream, from its first state to its last."""

    def __init__(
        self, source: FrameSource, pipeline: Pipeline, sinks: Sequence[Sink], options: StreamOptions
    ) -> None:
        self.done = StreamSummary(source.name, source.backend, pipeline.engine.name)
        self._source, self._options = source, options
        self._stages, self._watchers = Stages(source, pipeline, options), Watchers(sinks)
        self._start = time.monotonic()

    def tell_all(self, stop: Callable[[], bool]) -> None:
        """Hands on answers and states until the stages have ended, or were asked to and do not."""
        start = f"{self.done.source} by {self.done.backend}, in {self.done.engine}"
        self._watchers.changed(State.RUNNING, start)
        self._stages.start()
        told, deadline = self._stages.told, float("inf")
        while not (told.closed and told.empty()) and time.monotonic() < deadline:
            item = told.get(POLL_S)
            if item is not None:
                self._hand_on(item)
            if stop() or self._watchers.gone:
                self.done.reason = "stopped"
                self._stages.stop()
            if self._stages.stopping.is_set() and deadline == float("inf"):
                self._source.close()
                deadline = time.monotonic() + GRACE_S

    def finish(self) -> None:
        """Ends the threads, adds up, and tells and closes the sinks."""
        self._stages.stop()
        self._stages.told.close(discard=True)
        self._source.close()
        all_ended = self._stages.join(GRACE_S)
        self._add_up(all_ended)
        self._watchers.changed(self.done.state, self.done.reason)
        self._watchers.close()
        self.done.errors += self._watchers.errors

    def _hand_on(self, item: Answered | StateChange) -> None:
        if isinstance(item, StateChange):
            self._watchers.changed(item.state, item.reason, item.at)
            return
        self.done.ages_ms.append(item.age_ms)
        self.done.seconds = time.monotonic() - self._start
        self._watchers.answered(item)

    def _add_up(self, all_ended: bool) -> None:
        done, stages, counts = self.done, self._stages, self._source.tally.counts
        if not all_ended:  # what hangs in a stage will not be answered
            counts = replace(counts, dropped=counts.captured - counts.processed - counts.failed)
        done.counts, done.fault = counts, str(stages.fault or "")
        fault = stages.fault or self._source.tally.fault
        error = stages.error or (fault if counts.processed == 0 else None)
        if error is not None:
            done.errors.append(error)
            done.state, done.reason = State.FAILED, str(error)
            return
        enough = counts.processed == self._options.max_frames
        done.state = State.ENDED
        done.reason = done.reason or (f"{counts.processed} answered" if enough else f"end of {done.source}")
