"""The interface of a sink, and a group of sinks that share one stream."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from edgebreed.edge.stream.events import FrameResult, State, StateChange
from edgebreed.edge.stream.redaction import redact

_LOG = logging.getLogger(__name__)
_LEVELS = {State.RUNNING: logging.INFO, State.RECONNECTING: logging.WARNING}


class Sink(Protocol):
    """Receives what a stream reports; called from one thread, in order, and must not block for long."""

    def on_result(self, result: FrameResult) -> None:
        """Receives a frame and its result."""
        ...

    def on_state(self, change: StateChange) -> None:
        """Receives a change of state."""
        ...

    def close(self) -> None:
        """Writes out what is buffered; no call follows."""
        ...


class SinkGroup:
    """Several sinks of one stream; one that raises is dropped, and the others go on.

    Changes of state, and sinks that failed, are also logged.

    Args:
        sinks: where results and states go.

    Attributes:
        errors: what sinks have raised.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.errors: list[Exception] = []
        self._all, self._active = list(sinks), list(sinks)
        self._state = State.STARTING

    @property
    def all_failed(self) -> bool:
        """Whether there were sinks and each of them has failed."""
        return bool(self._all) and not self._active

    def on_result(self, result: FrameResult) -> None:
        """Passes a result on."""
        self._call(lambda sink: sink.on_result(result))

    def on_state(self, state: State, reason: str, at: float | None = None) -> None:
        """Passes a change of state on, at a Unix time in s; now by default."""
        self._state = state
        change = StateChange(state, reason, time.time() if at is None else at)
        _LOG.log(_LEVELS.get(state, logging.DEBUG), "%s: %s", state.value, redact(reason))
        self._call(lambda sink: sink.on_state(change))

    def close(self) -> None:
        """Closes all, also those that failed before."""
        self._active = list(self._all)
        self._call(lambda sink: sink.close(), closing=True)

    def _call(self, action: Callable[[Sink], None], closing: bool = False) -> None:
        failed: list[Exception] = []
        for sink in tuple(self._active):
            try:
                action(sink)
            except Exception as error:  # one sink's full disk must not stop the others
                failed.append(error)
                self._active.remove(sink)
        self.errors += failed
        if not closing:
            for fault in failed:
                self.on_state(self._state, f"an output failed: {fault}")
