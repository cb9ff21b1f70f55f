"""A stream's answers and states as lines of JSON, and its states as lines for people."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgebreed.edge.camera.events import Answered, State, StateChange
from edgebreed.edge.files import refuse_existing
from edgebreed.errors import InputError


class EventSink:
    """Writes one JSON object a line, each at once: `"type"` is `answer` or `state`.

    Args:
        path: the file.
        overwrite: replaces what is there.

    Raises:
        InputError: the file exists or cannot be written.
    """

    def __init__(self, path: Path, overwrite: bool) -> None:
        refuse_existing(path, overwrite, "another name")
        self._path = path
        with self._told():
            self._file = path.open("w", buffering=1)

    def answered(self, answered: Answered) -> None:
        """Writes an answer: what `predict` prints, and when the frame was captured."""
        event = {
            "type": "answer",
            **answered.result.to_dict(),
            "number": answered.number,
            "captured_at": answered.captured_at,
            "age_ms": answered.age_ms,
        }
        self._write(event)

    def changed(self, change: StateChange) -> None:
        """Writes a change of state."""
        self._write({"type": "state", "state": change.state.value, "reason": change.reason, "at": change.at})

    def close(self) -> None:
        """Closes the file."""
        with self._told():
            self._file.close()

    def _write(self, event: dict[str, Any]) -> None:
        with self._told():
            print(json.dumps(event), file=self._file)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(f"cannot write events to {self._path}: {error.strerror}") from error


class LogSink:
    """Tells people on standard error when a source comes, goes and comes back."""

    passive = True  # a stream that only says that it goes on is answered for nobody

    def answered(self, answered: Answered) -> None:
        """Answers are not logged."""

    def changed(self, change: StateChange) -> None:
        """Prints a line; the end and its reason are the command's to tell."""
        if change.state in (State.RUNNING, State.RECONNECTING):
            print(f"edgebreed: {change.state.value}: {change.reason}", file=sys.stderr)

    def close(self) -> None:
        """Nothing is held."""
