"""Capture, classification, and faces with the decision, each in a thread of its own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from edgebreed.edge.boxes import Box
from edgebreed.edge.camera.events import Answered, State, StateChange
from edgebreed.edge.camera.pace import Pace
from edgebreed.edge.camera.slot import Slot
from edgebreed.edge.camera.source import Captured, FrameSource
from edgebreed.edge.engines import ModelOutputs
from edgebreed.edge.images import checked_frame
from edgebreed.edge.pipeline import Pipeline, Stopwatch
from edgebreed.edge.smoothing import SceneCounter, Smoother
from edgebreed.edge.tracking import FaceTracker

Done = TypeVar("Done")

FAULTS_IN_A_ROW = 10  # frames that the pipeline may fail on before it counts as broken


@dataclass(frozen=True)
class StreamOptions:
    """How a stream is answered.

    Attributes:
        max_frames: answers after which it ends; None for no limit.
        detect_every: frames from one search for faces to the next; in between they are where they were.
        smooth: whether faces and answers are averaged over time.
    """

    max_frames: int | None = None
    detect_every: int = 1
    smooth: bool = True

    def __post_init__(self) -> None:
        if self.detect_every < 1 or (self.max_frames is not None and self.max_frames < 1):
            raise ValueError(f"{self}: detect_every and max_frames must be at least 1")


@dataclass(frozen=True)
class Work:
    """A frame between classification and decision.

    Attributes:
        captured: the frame.
        watch: times of its stages.
        scene: number of its scene.
        outputs: the model's, averaged over time where that was asked for.
    """

    captured: Captured
    watch: Stopwatch
    scene: int
    outputs: ModelOutputs


class Stages:
    """The threads of a stream up to its answers, which whoever owns it takes from `told`.

    The threads are daemons: one that hangs in a driver or an engine keeps no program from ending.
    """

    def __init__(self, source: FrameSource, pipeline: Pipeline, options: StreamOptions) -> None:
        self.told: Slot[Answered | StateChange] = Slot(2)
        self.error: Exception | None = None
        self.fault: Exception | None = None
        self.stopping = threading.Event()
        self._source, self._pipeline, self._options = source, pipeline, options
        lost = source.tally.dropped
        self._frames: Slot[Captured] = Slot(1, source.live, lost)
        self._classified: Slot[Work] = Slot(1, source.live, lost)
        self._pace, self._faults = Pace(), 0
        loops = ((self._capture, self._frames), (self._classify, self._classified), (self._decide, self.told))
        self._threads = [
            threading.Thread(target=self._guarded, args=loop, name=loop[0].__name__, daemon=True)
            for loop in loops
        ]

    def start(self) -> None:
        """Starts the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends the stream: frames that wait are dropped, those in work are answered."""
        self.stopping.set()
        self._frames.close(discard=True)
        self._classified.close(discard=True)

    def join(self, seconds: float) -> bool:
        """Waits for the threads, at most so many s together; whether all have ended."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _guarded(self, loop: Callable[[], None], out: Slot[Any]) -> None:
        """Runs a thread's loop; when it ends, so does the next one, once it has taken what is left."""
        try:
            loop()
        except Exception as error:  # reported by the owner; a thread has nobody to raise it to
            self._fail(error)
        finally:
            out.close()

    def _fail(self, error: Exception) -> None:
        self.error = self.error or error
        self.stop()

    def _capture(self) -> None:
        frames = self._source.frames(self._tell)
        while self._may_read():
            captured = next(frames, None)
            if captured is None or not self._frames.put(captured):
                break

    def _may_read(self) -> bool:
        """Whether another frame is wanted; a film is read no further than its answers go."""
        limit = self._options.max_frames
        while limit and not self._source.live and not self.stopping.is_set():
            if self._source.tally.wait_for(
                lambda counts: counts.captured - counts.failed - counts.dropped < limit, 0.1
            ):
                break
        return not self.stopping.is_set()

    def _tell(self, state: State, reason: str) -> None:
        self.told.put(StateChange(state, reason, time.time()))

    def _classify(self) -> None:
        smoother, scenes = Smoother() if self._options.smooth else None, SceneCounter()
        while True:
            self._wait_until_needed()
            captured = self._frames.get()
            if captured is None:
                break
            start = time.monotonic()
            work = self._tried(partial(self._with_outputs, captured, smoother, scenes))
            self._pace.first_done(time.monotonic() - start)
            if work is not None:
                self._classified.put(work)

    def _wait_until_needed(self) -> None:
        if self._source.live:
            self._classified.wait_taken()
            self.stopping.wait(self._pace.wait_s())

    def _with_outputs(self, captured: Captured, smoother: Smoother | None, scenes: SceneCounter) -> Work:
        watch, frame = Stopwatch(), checked_frame(captured.frame)
        scene = scenes.number(frame, captured.clock)
        outputs = self._pipeline.classify(frame, watch)
        if smoother:
            outputs = smoother.smooth(outputs, scene, captured.clock)
        return Work(captured, watch, scene, outputs)

    def _decide(self) -> None:
        tracker = FaceTracker(self._options.detect_every, self._options.smooth)
        while (work := self._classified.get()) is not None:
            self._pace.second_begins()
            answered = self._tried(partial(self._answer, work, tracker))
            if answered is not None:
                self.told.put(answered)
            self._pace.second_done()
            if answered is not None and answered.counts.processed == self._options.max_frames:
                self.stop()

    def _answer(self, work: Work, tracker: FaceTracker) -> Answered:
        captured, watch = work.captured, work.watch
        faces = self._faces(work, tracker)
        result = self._pipeline.conclude(work.outputs, faces, captured.name, watch)
        self._faults = 0
        age = time.monotonic() - captured.at
        counts = self._source.tally.processed()
        return Answered(captured.frame, result, captured.number, time.time() - age, age * 1e3, counts)

    def _faces(self, work: Work, tracker: FaceTracker) -> tuple[Box, ...] | None:
        """The faces of a frame, followed over time; None where the answer does not need them."""
        if not self._pipeline.needs_faces(work.outputs):
            tracker.skip()
            return None
        frame = work.captured.frame
        return tuple(tracker.faces(lambda: self._pipeline.find_faces(frame, work.watch), work.scene))

    def _tried(self, work: Callable[[], Done]) -> Done | None:
        """What a stage makes of a frame; None, and the frame counted as failed, where it raises."""
        try:
            return work()
        except Exception as error:  # one bad frame must not end a stream of months
            self._source.tally.failed()
            self._faults += 1
            self.fault = error
            if self._faults >= FAULTS_IN_A_ROW:
                self._fail(error)
            return None
