"""Counts a stream's frames from several threads."""

import threading
from collections.abc import Callable
from dataclasses import replace

from edgebreed.edge.camera.events import Counts


class Tally:
    """Where the frames went so far; each method takes effect as a whole.

    Attributes:
        fault: why the last frame that the source could not read failed.
    """

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self._counts = Counts()
        self._changed = threading.Condition()

    @property
    def counts(self) -> Counts:
        """The counts of this moment."""
        return self._counts

    def captured(self) -> Counts:
        """The source delivered a frame; the counts with it."""
        return self._add(captured=1)

    def processed(self) -> Counts:
        """A frame was answered; the counts with it."""
        return self._add(processed=1)

    def dropped(self, count: int = 1) -> None:
        """Newer frames replaced older ones, or the stream ended before they were answered."""
        self._add(dropped=count)

    def failed(self) -> None:
        """A frame was no picture, or the pipeline failed on it."""
        self._add(failed=1)

    def reconnected(self) -> None:
        """The source was opened again."""
        self._add(reconnects=1)

    def wait_for(self, fulfilled: Callable[[Counts], bool], timeout: float) -> bool:
        """Waits until the counts fulfil a condition, at most `timeout` s; whether they do."""
        with self._changed:
            return self._changed.wait_for(lambda: fulfilled(self._counts), timeout)

    def _add(self, **more: int) -> Counts:
        with self._changed:
            grown = {name: getattr(self._counts, name) + count for name, count in more.items()}
            self._counts = replace(self._counts, **grown)
            self._changed.notify_all()
            return self._counts
