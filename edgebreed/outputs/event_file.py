"""Writes the events of a stream to a file, one JSON object a line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgebreed.edge.files import refuse_existing
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.errors import InputError


class EventFileSink:
    """Writes each event at once, so that a power failure loses none; keys are those of the event schema.

    Args:
        path: the file.
        overwrite: whether an existing file may be replaced.

    Raises:
        InputError: the file exists or cannot be written.
    """

    def __init__(self, path: Path, overwrite: bool) -> None:
        refuse_existing(path, overwrite, "another name")
        self._path = path
        with self._translated_errors():
            self._file = path.open("w", buffering=1)

    def on_result(self, result: FrameResult) -> None:
        """Writes a result."""
        self._write(result.to_dict())

    def on_state(self, change: StateChange) -> None:
        """Writes a change of state."""
        self._write(change.to_dict())

    def close(self) -> None:
        """Closes the file."""
        with self._translated_errors():
            self._file.close()

    def _write(self, event: dict[str, Any]) -> None:
        with self._translated_errors():
            self._file.write(json.dumps(event, allow_nan=False) + "\n")

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(f"cannot write events to {self._path}: {error.strerror}") from error
