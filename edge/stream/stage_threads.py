"""The threads of a stream: one for each source, one that classifies, and one that decides."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from edgebreed.edge.boxes import Box
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import checked_frame
from edgebreed.edge.pipeline import Pipeline, Stopwatch
from edgebreed.edge.stream.batching import Batching
from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.engine_queue import EngineQueue, Waiting
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.frame_buffer import FrameBuffer
from edgebreed.edge.stream.lane import Lane
from edgebreed.edge.stream.pacing import StageScheduler
from edgebreed.edge.stream.sources import CapturedFrame
from edgebreed.errors import EngineTimeoutError

Output = TypeVar("Output")

MAX_FAULTS = 10  # frames in a row that the pipeline may fail on before the stream fails


@dataclass(frozen=True)
class FrameTask:
    """A frame between classification and decision.

    Attributes:
        lane: the source that it is of.
        captured: the frame.
        watch: durations of its stages so far.
        scene: number of its scene.
        outputs: of the model, averaged over time with `StreamOptions.smooth`.
    """

    lane: Lane
    captured: CapturedFrame
    watch: Stopwatch
    scene: int
    outputs: ModelOutputs


class StageThreads:
    """Threads that capture, classify and decide; their owner takes the results from `results`.

    The threads are daemons: one that hangs in a driver or an engine does not keep the program from exiting.

    Args:
        pipeline: classifies and decides.
        batching: how many frames share an inference.

    Attributes:
        lanes: the sources that take part, until they are detached.
        results: results and changes of state, in order; closed when the last thread ends.
        error: what the stream failed with as a whole.
        stopping: set when the stream is to end.
    """

    def __init__(self, pipeline: Pipeline, batching: Batching | None = None) -> None:
        self.lanes: list[Lane] = []
        self.results: FrameBuffer[FrameResult | StateChange] = FrameBuffer(2)
        self.error: Exception | None = None
        self.stopping = threading.Event()
        self._pipeline, self._batching = pipeline, batching or Batching()
        self._queue = EngineQueue()
        self._classified: FrameBuffer[list[FrameTask]] = FrameBuffer(1, on_dropped=_count_dropped)
        self._scheduler, self._faults_in_a_row = StageScheduler(), 0
        self._stages = [
            _thread(self._guard, self._classify, self._classified),
            _thread(self._guard, self._decide, self.results),
        ]
        self._captures: dict[Lane, threading.Thread] = {}

    def attach(self, lane: Lane) -> None:
        """Lets a source take part, before or after `start`."""
        self.lanes.append(lane)
        self._queue.open(lane)
        self._captures[lane] = _thread(self._run_capture, lane)
        if self._stages[0].is_alive():
            self._captures[lane].start()

    def detach(self, lane: Lane) -> None:
        """Ends one source, and forgets it: a frame that waits is dropped, one in a stage is finished."""
        self._queue.close(lane, discard=True)
        lane.source.close()
        self.lanes.remove(lane)
        del self._captures[lane]

    def start(self) -> None:
        """Starts the threads."""
        for thread in (*self._stages, *self._captures.values()):
            thread.start()

    def stop(self) -> None:
        """Ends the stream: frames that wait are dropped, frames in a stage are finished."""
        self.stopping.set()
        for lane in self.lanes:
            self._queue.close(lane, discard=True)
        self._classified.close(discard=True)

    def join(self, seconds: float) -> bool:
        """Waits at most so many s in all for the threads; returns whether all have ended."""
        deadline = time.monotonic() + seconds
        threads = [*self._captures.values(), *self._stages]
        for thread in threads:
            if thread.ident is not None:  # it was started
                thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _guard(self, loop: Callable[[], None], output: FrameBuffer[Any]) -> None:
        """Runs a thread's loop; closing its output ends the next thread once that has taken what is left."""
        try:
            loop()
        except Exception as error:  # nothing above a thread catches it; the owner reports it
            self._fail(error)
        finally:
            output.close()

    def _fail(self, error: Exception) -> None:
        self.error = self.error or error
        self.stop()

    def _run_capture(self, lane: Lane) -> None:
        """Reads a source to its end; what it fails with ends it alone."""
        try:
            self._capture(lane)
        except Exception as error:  # nothing above a thread catches it; the owner reports it
            lane.error = error
            self._queue.close(lane, discard=True)
        finally:
            self._queue.close(lane)

    def _capture(self, lane: Lane) -> None:
        frames = lane.source.frames(partial(self._on_state, lane))
        while self._may_read(lane):
            captured = next(frames, None)
            if captured is None:
                break
            admitted = lane.admitted(captured)
            if admitted is not None and not self._queue.put(lane, admitted):
                break

    def _may_read(self, lane: Lane) -> bool:
        while not (lane.wants_more or lane.is_complete or self.stopping.is_set()):
            lane.source.counters.wait_for(lambda _: lane.wants_more or lane.is_complete, 0.1)
        return not (lane.is_complete or self.stopping.is_set())

    def _on_state(self, lane: Lane, state: State, reason: str) -> None:
        counts = lane.source.counters.counts
        self.results.put(StateChange(state, reason, time.time(), counts, lane.name))

    def _classify(self) -> None:
        while True:
            self._wait_for_decision_stage()
            batch = self._queue.take(self._batching.most, self._batching.budget_s)
            if not batch:
                break
            start = time.monotonic()
            tasks = self._classified_frames(batch)
            self._scheduler.first_finished(time.monotonic() - start)
            self._batching.finished(time.monotonic() - start)
            if tasks:
                self._classified.put(tasks)

    def _wait_for_decision_stage(self) -> None:
        if any(lane.source.live for lane in self.lanes):
            self._classified.wait_empty()
            self.stopping.wait(self._scheduler.delay_s())

    def _classified_frames(self, batch: Sequence[Waiting]) -> list[FrameTask]:
        """The frames with the model's outputs; without those that a stage failed on."""
        sound = [
            one for one in batch if self._attempt(one[0], partial(checked_frame, one[1].frame)) is not None
        ]
        watch = Stopwatch()
        together = self._outputs_together(sound, watch) if len(sound) > 1 else None
        share = {stage: ms / len(sound) for stage, ms in watch.ms.items()}
        tasks = []
        for place, (lane, captured) in enumerate(sound):
            rows = together and together.rows(place, place + 1)
            task = self._attempt(lane, partial(self._task, lane, captured, rows, share))
            tasks += [task] if task is not None else []
        return tasks

    def _outputs_together(self, batch: Sequence[Waiting], watch: Stopwatch) -> ModelOutputs | None:
        """The outputs of one inference; None where that fails, so that each frame is tried alone."""
        try:
            return self._pipeline.classify_together([captured.frame for _, captured in batch], watch)
        except EngineTimeoutError:
            raise
        except Exception:
            watch.ms.clear()
            return None

    def _task(
        self, lane: Lane, captured: CapturedFrame, rows: ModelOutputs | None, share: dict[str, float]
    ) -> FrameTask:
        watch = Stopwatch()
        watch.ms.update(share)
        scene = lane.scenes.scene_of(captured.frame, captured.media_s, captured.separate)
        outputs = self._pipeline.classify(captured.frame, watch) if rows is None else rows
        return FrameTask(lane, captured, watch, scene, lane.smoothed(outputs, scene, captured.media_s))

    def _decide(self) -> None:
        while (tasks := self._classified.get()) is not None:
            self._scheduler.second_started()
            for task in tasks:
                result = self._attempt(task.lane, partial(self._decide_frame, task))
                if result is not None:
                    self.results.put(result)
            self._scheduler.second_finished()
            for lane in {task.lane: None for task in tasks if task.lane.is_complete}:
                self._queue.close(lane, discard=True)
            if all(lane.is_complete for lane in self.lanes):
                self.stop()

    def _decide_frame(self, task: FrameTask) -> FrameResult:
        captured, watch, lane = task.captured, task.watch, task.lane
        faces = self._track_faces(task)
        result = self._pipeline.conclude(task.outputs, faces, captured.name, watch)
        self._faults_in_a_row = 0
        latency_s = time.monotonic() - captured.monotonic_s
        return FrameResult(
            captured.frame,
            result,
            captured.number,
            time.time() - latency_s,
            captured.media_s,
            latency_s * 1e3,
            lane.source.counters.add_processed(),
            lane.name,
        )

    def _track_faces(self, task: FrameTask) -> tuple[Box, ...] | None:
        """The tracked faces of a frame; None if the result does not depend on faces."""
        tracker, frame = task.lane.tracker, task.captured.frame
        if not self._pipeline.needs_faces(task.outputs):
            tracker.reset()
            return None
        return tuple(tracker.update(lambda: self._pipeline.find_faces(frame, task.watch), task.scene))

    def _attempt(self, lane: Lane, stage: Callable[[], Output]) -> Output | None:
        """Runs a stage on a frame; returns None, and counts the frame as failed, if it raises."""
        try:
            return stage()
        except Exception as error:  # a stream that runs for months must survive one bad frame
            lane.source.counters.add_failed()
            self._faults_in_a_row += 1
            lane.last_frame_error = error
            if self._faults_in_a_row >= MAX_FAULTS or isinstance(error, EngineTimeoutError):
                self._fail(error)
            return None


def _thread(target: Callable[..., None], *arguments: Any) -> threading.Thread:
    return threading.Thread(target=target, args=arguments, daemon=True)


def _count_dropped(batches: Sequence[Sequence[FrameTask]]) -> None:
    """Frames that were classified, and are not decided as the stream ends."""
    for tasks in batches:
        for task in tasks:
            task.lane.source.counters.add_dropped(1, DropCause.ENDED)
