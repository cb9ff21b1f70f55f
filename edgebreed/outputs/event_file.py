"""Writes the events of a stream to a file, one JSON object a line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.edge.text import to_json
from edgebreed.errors import InputError
from edgebreed.outputs.append_file import AppendFile


class EventFileSink:
    """Appends each event at once, so that a killed process loses none; keys are those of the event schema.

    Args:
        path: the file; one that exists goes on.
        overwrite: whether to begin an existing file anew.

    Raises:
        InputError: the file holds something else, another stream writes it, or it cannot be written.
    """

    def __init__(self, path: Path, overwrite: bool) -> None:
        self._path = path
        with self._translated_errors():
            self._file = AppendFile(path, overwrite)

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
            self._file.write_line(to_json(event))

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except BlockingIOError as error:
            raise InputError(f"another stream writes {self._path}: give each a file of its own") from error
        except ValueError as error:
            raise InputError(f"{self._path} {error}: pass --overwrite or another name") from error
        except OSError as error:
            raise InputError(f"cannot write events to {self._path}: {error.strerror}") from error
