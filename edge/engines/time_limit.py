"""Runs calls into an engine within a time limit.

Nothing in Python ends a call into C++ that does not return. So the calls run in threads of their own: a call
that can be cancelled is, and any other is left behind.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from edgebreed.errors import EngineError, EngineTimeoutError

Answer = TypeVar("Answer")

PER_IMAGE_S = 30.0
"""How long an inference may take, an image, where nobody says so: far more than slow boards need. A Raspberry
Pi 3 takes some 5 s for a network of 17 GFLOP in float32."""

CANCEL_S = 1.0
"""How long a call that was asked to end may go on, before it is left behind."""
_SLICE_S = 0.5  # of a wait, after which a Ctrl-C that it did not notice is seen


class Outcome(NamedTuple):
    """What a call returned, or what it raised."""

    value: Any = None
    error: BaseException | None = None


class EngineThread(threading.Thread):
    """Runs one call after another until it is told to end; a daemon, so that a program can exit meanwhile.

    Attributes:
        busy: whether a call runs.
        cancel: asks the call to end early; None where it cannot.
    """

    def __init__(self) -> None:
        super().__init__(name="engine", daemon=True)
        self.busy = False
        self.cancel: Callable[[], object] | None = None
        self._calls: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Outcome] = SimpleQueue()

    def run(self) -> None:
        """Runs the calls; of one that is over, nothing is kept."""
        while (call := self._calls.get()) is not None:
            try:
                outcome = Outcome(call())
            except BaseException as error:  # it is raised where the call came from
                outcome = Outcome(error=error)
            self.busy, self.cancel = False, None
            self._outcomes.put(outcome)
            del call, outcome

    def outcome_of(self, call: Callable[[], Any], seconds: float) -> Outcome:
        """What a call comes to.

        Raises:
            Empty: it has not ended in time; it was asked to, and may run on.
        """
        try:
            self.busy = True
            self._calls.put(call)  # the call may run, and Ctrl-C come, before this returns
            return self._wait(time.monotonic() + seconds)
        except BaseException:  # also Ctrl-C
            self._interrupt()
            raise

    def end(self) -> None:
        """Ends the thread, after the call that runs."""
        self._calls.put(None)

    def _wait(self, end_s: float) -> Outcome:
        """Waits in slices: a Ctrl-C that comes just before a wait begins is seen only when it ends."""
        while (left_s := end_s - time.monotonic()) > _SLICE_S:
            with suppress(Empty):
                return self._outcomes.get(timeout=_SLICE_S)
        return self._outcomes.get(timeout=max(0.0, left_s))

    def _interrupt(self) -> None:
        cancel = self.cancel
        if cancel is not None:
            cancel()
            with suppress(Empty):
                self._outcomes.get(timeout=CANCEL_S)


class TimeLimit:
    """Runs calls into an engine, each within a time limit; several threads may do so at once."""

    def __init__(self) -> None:
        self._idle: deque[EngineThread] = deque()
        self._left_behind: tuple[EngineThread, ...] = ()
        self._lock = threading.Lock()

    def run(self, call: Callable[[], Answer], seconds: float, late: str) -> Answer:
        """What a call returns, which runs in another thread.

        Args:
            call: the call.
            seconds: how long it may take.
            late: says what did not end in time, and what to do.

        Raises:
            EngineTimeoutError: it did not end in time.
            EngineError: an earlier call has not ended yet.
        """
        if any(thread.busy for thread in self._left_behind):
            raise EngineError("an earlier inference still runs: start the program again")
        thread = self._take()
        try:
            outcome = thread.outcome_of(call, seconds)
        except BaseException as error:
            self._leave(thread)
            raise (EngineTimeoutError(late) if isinstance(error, Empty) else error) from None
        self._idle.append(thread)
        if outcome.error is not None:
            raise outcome.error
        return cast("Answer", outcome.value)

    def __del__(self) -> None:
        """Ends the threads, which nobody can reach any more."""
        for thread in self._idle:
            thread.end()

    def _leave(self, thread: EngineThread) -> None:
        thread.end()
        with self._lock:
            self._left_behind = (*(one for one in self._left_behind if one.busy), thread)

    def _take(self) -> EngineThread:
        try:
            return self._idle.pop()  # the one that ran last: a GPU's provider keeps things by thread
        except IndexError:
            thread = EngineThread()
            thread.start()
            return thread


class InferenceLimit:
    """The time limit of an engine's inferences.

    Args:
        engine: its name, for messages.
        seconds: how long one inference may take, whatever its batch; None allows `PER_IMAGE_S` an image.
    """

    def __init__(self, engine: str, seconds: float | None) -> None:
        self._engine, self._seconds, self._limit = engine, seconds, TimeLimit()

    def run(self, infer: Callable[[NDArray[np.uint8]], Answer], batch: NDArray[np.uint8]) -> Answer:
        """What an engine gives for a batch `(N, H, W, 3) uint8 RGB`.

        Raises:
            EngineTimeoutError: nothing, in the time that it has.
            EngineError: an earlier inference has not ended yet.
        """
        seconds = self.seconds_for(len(batch))
        late = (
            f"{self._engine} did not answer a batch of shape {batch.shape} within {seconds:g} s: "
            "give --inference-timeout more seconds, or export the model again"
        )
        return self._limit.run(partial(infer, batch), seconds, late)

    def seconds_for(self, images: int) -> float:
        """How long the inference of a batch of so many images may take."""
        return self._seconds or PER_IMAGE_S * max(1, images)


def on_timeout(cancel: Callable[[], object]) -> None:
    """Says how the call that this thread runs is asked to end; does nothing where it has no time limit."""
    thread = threading.current_thread()
    if isinstance(thread, EngineThread):
        thread.cancel = cancel


def engine_is_busy() -> bool:
    """Whether some thread of this process is inside an engine, perhaps for good."""
    return any(isinstance(thread, EngineThread) and thread.busy for thread in threading.enumerate())
