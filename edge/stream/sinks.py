"""The interface of a sink, and a group of sinks that share one stream."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
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


class StateListener:
    """Base of sinks that are no output: where all outputs have failed, a stream ends, whoever listens."""


class SinkGroup:
    """Several sinks of one stream; one that raises is dropped, and the others go on.

    Changes of state, and sinks that failed while another output goes on, are also logged.

    Args:
        sinks: where results and states go.

    Attributes:
        errors: what sinks have raised.
    """

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.errors: list[Exception] = []
        self._all, self._active = list(sinks), list(sinks)
        self._last = StateChange(State.STARTING, "", time.time())
        self._outputs = [sink for sink in sinks if not isinstance(sink, StateListener)]

    @property
    def all_failed(self) -> bool:
        """Whether there were outputs and each of them has failed."""
        return bool(self._outputs) and not any(sink in self._active for sink in self._outputs)

    def on_result(self, result: FrameResult) -> None:
        """Passes a result on."""
        self._call(lambda sink: sink.on_result(result))

    def on_state(self, change: StateChange) -> None:
        """Passes a change of state on."""
        self._last = change
        if not self.all_failed:  # the stream ends then, and the caller reports why
            level = _LEVELS.get(change.state, logging.DEBUG)
            _LOG.log(level, "%s: %s", change.state.value, redact(change.reason))
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
                self.on_state(replace(self._last, reason=f"an output failed: {fault}", at=time.time()))
