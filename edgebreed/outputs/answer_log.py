"""Logs the answers of a stream that has no other output."""

import logging

from edgebreed.edge.prediction import Kind
from edgebreed.edge.stream.events import FrameResult, StateChange

_LOG = logging.getLogger(__name__)


class AnswerLogSink:
    """Logs an answer when its kind or its labels change; the command line prints that on standard error."""

    def __init__(self) -> None:
        self._last: tuple[Kind, frozenset[str]] | None = None

    def on_result(self, result: FrameResult) -> None:
        """Logs a changed answer."""
        answer = result.result.answer
        if answer != self._last:
            _LOG.info("%s: %s", result.to_dict()["source"], result.result.summary)
        self._last = answer

    def on_state(self, change: StateChange) -> None:
        """Does nothing: the stream logs its states itself."""

    def close(self) -> None:
        """Does nothing: every answer is logged at once."""
