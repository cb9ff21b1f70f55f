"""The threads of a stream: capture, classification, and decision with the face search it needs."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from edgebreed.edge.boxes import Box
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import checked_frame
from edgebreed.edge.pipeline import Pipeline, Stopwatch
from edgebreed.edge.smoothing import SceneCounter, Smoother
from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.frame_buffer import FrameBuffer
from edgebreed.edge.stream.pacing import StageScheduler
from edgebreed.edge.stream.sources import CapturedFrame, FrameSource
from edgebreed.edge.tracking import FaceTracker
from edgebreed.errors import EngineTimeoutError

Output = TypeVar("Output")

MAX_FAULTS = 10  # frames in a row that the pipeline may fail on before the stream fails


@dataclass(frozen=True)
class StreamOptions:
    """How a stream is processed.

    Attributes:
        max_frames: results after which it ends; None for no limit.
        detect_every: frames from one face search to the next; in between, faces stay where they were.
        smooth: whether faces and model outputs are averaged over time.
    """

    max_frames: int | None = None
    detect_every: int = 1
    smooth: bool = True

    def __post_init__(self) -> None:
        if self.detect_every < 1 or (self.max_frames is not None and self.max_frames < 1):
            raise ValueError(f"{self}: detect_every and max_frames must be at least 1")


@dataclass(frozen=True)
class FrameTask:
    """A frame between classification and decision.

    Attributes:
        captured: the frame.
        watch: durations of its stages so far.
        scene: number of its scene.
        outputs: of the model, averaged over time with `StreamOptions.smooth`.
    """

    captured: CapturedFrame
    watch: Stopwatch
    scene: int
    outputs: ModelOutputs


class StageThreads:
    """Three threads that capture, classify and decide; their owner takes the results from `results`.

    The threads are daemons: one that hangs in a driver or an engine does not keep the program from exiting.

    Attributes:
        results: results and changes of state, in order; closed when the last thread ends.
        error: what the stream failed with.
        last_frame_error: what the pipeline last failed on a single frame with.
        stopping: set when the stream is to end.
    """

    def __init__(self, source: FrameSource, pipeline: Pipeline, options: StreamOptions) -> None:
        self.results: FrameBuffer[FrameResult | StateChange] = FrameBuffer(2)
        self.error: Exception | None = None
        self.last_frame_error: Exception | None = None
        self.stopping = threading.Event()
        self._source, self._pipeline, self._options = source, pipeline, options
        on_dropped = source.counters.add_dropped
        self._captured: FrameBuffer[CapturedFrame] = FrameBuffer(1, source.live, on_dropped)
        self._classified: FrameBuffer[FrameTask] = FrameBuffer(1, source.live, on_dropped)
        self._scheduler, self._faults_in_a_row = StageScheduler(), 0
        loops = (
            (self._capture, self._captured),
            (self._classify, self._classified),
            (self._decide, self.results),
        )
        self._threads = [
            threading.Thread(target=self._guard, args=loop, name=loop[0].__name__, daemon=True)
            for loop in loops
        ]

    def start(self) -> None:
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the stream: frames that wait are dropped, frames in a stage are finished."""
        self.stopping.set()
        self._captured.close(discard=True)
        self._classified.close(discard=True)

    def join(self, seconds: float) -> bool:
        """Waits at most so many s in all for the threads; returns whether all have ended."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

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

    def _capture(self) -> None:
        frames = self._source.frames(self._on_state)
        while self._may_read():
            captured = next(frames, None)
            if captured is None or not self._captured.put(captured):
                break

    def _may_read(self) -> bool:
        """Whether another frame is needed; a file is not read further than `max_frames` results need."""
        limit = self._options.max_frames
        while limit and not self._source.live and not self.stopping.is_set():
            if self._source.counters.wait_for(
                lambda counts: counts.captured - counts.failed - counts.dropped < limit, 0.1
            ):
                break
        return not self.stopping.is_set()

    def _on_state(self, state: State, reason: str) -> None:
        self.results.put(StateChange(state, reason, time.time(), self._source.counters.counts))

    def _classify(self) -> None:
        smoother, scenes = Smoother() if self._options.smooth else None, SceneCounter()
        while True:
            self._wait_for_decision_stage()
            captured = self._captured.get()
            if captured is None:
                break
            start = time.monotonic()
            task = self._attempt(partial(self._classify_frame, captured, smoother, scenes))
            self._scheduler.first_finished(time.monotonic() - start)
            if task is not None:
                self._classified.put(task)

    def _wait_for_decision_stage(self) -> None:
        if self._source.live:
            self._classified.wait_empty()
            self.stopping.wait(self._scheduler.delay_s())

    def _classify_frame(
        self, captured: CapturedFrame, smoother: Smoother | None, scenes: SceneCounter
    ) -> FrameTask:
        watch, frame = Stopwatch(), checked_frame(captured.frame)
        scene = scenes.scene_of(frame, captured.media_s, captured.separate)
        outputs = self._pipeline.classify(frame, watch)
        if smoother:
            outputs = smoother.smooth(outputs, scene, captured.media_s)
        return FrameTask(captured, watch, scene, outputs)

    def _decide(self) -> None:
        tracker = FaceTracker(self._options.detect_every, self._options.smooth)
        while (task := self._classified.get()) is not None:
            self._scheduler.second_started()
            result = self._attempt(partial(self._decide_frame, task, tracker))
            if result is not None:
                self.results.put(result)
            self._scheduler.second_finished()
            if result is not None and result.counts.processed == self._options.max_frames:
                self.stop()

    def _decide_frame(self, task: FrameTask, tracker: FaceTracker) -> FrameResult:
        captured, watch = task.captured, task.watch
        faces = self._track_faces(task, tracker)
        result = self._pipeline.conclude(task.outputs, faces, captured.name, watch)
        self._faults_in_a_row = 0
        latency_s = time.monotonic() - captured.monotonic_s
        counts = self._source.counters.add_processed()
        at = time.time() - latency_s
        return FrameResult(
            captured.frame, result, captured.number, at, captured.media_s, latency_s * 1e3, counts
        )

    def _track_faces(self, task: FrameTask, tracker: FaceTracker) -> tuple[Box, ...] | None:
        """The tracked faces of a frame; None if the result does not depend on faces."""
        if not self._pipeline.needs_faces(task.outputs):
            tracker.reset()
            return None
        frame = task.captured.frame
        return tuple(tracker.update(lambda: self._pipeline.find_faces(frame, task.watch), task.scene))

    def _attempt(self, stage: Callable[[], Output]) -> Output | None:
        """Runs a stage on a frame; returns None, and counts the frame as failed, if it raises."""
        try:
            return stage()
        except Exception as error:  # a stream that runs for months must survive one bad frame
            self._source.counters.add_failed()
            self._faults_in_a_row += 1
            self.last_frame_error = error
            if self._faults_in_a_row >= MAX_FAULTS or isinstance(error, EngineTimeoutError):
                self._fail(error)
            return None
