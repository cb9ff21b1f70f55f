"""Films and folders of photos: every frame, or at the pace at which it was filmed."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from edgebreed.edge.camera.capture import Capture, CaptureOptions, fitted
from edgebreed.edge.camera.rate import Metronome, Thinner
from edgebreed.edge.camera.source import Captured, Tell, tell_nobody
from edgebreed.edge.camera.tally import Tally
from edgebreed.edge.images import find_photos, read_photo
from edgebreed.errors import InputError

CLOCK_FPS = 25.0  # of a film that tells no rate
_APART_S = 3600.0  # on the clock, from photo to photo: nothing is averaged over two of them


class FilmSource:
    """Every frame of a film.

    Args:
        capture: the opened file.
        name: what to call it.
        options: frames beyond `fps` are dropped, by the film's own clock; a film that tells no pace has this.
        realtime: gives frames at that pace; one that waits is then replaced by the next.
    """

    def __init__(
        self, capture: Capture, name: str, options: CaptureOptions | None = None, realtime: bool = False
    ) -> None:
        self.name, self.backend, self.live = name, capture.backend, realtime
        asked = options.fps if options else None
        self._rate = capture.fps or asked or CLOCK_FPS
        self.fps = min(asked or self._rate, self._rate)
        self._thinner = Thinner(self.fps if self.fps < self._rate else None)
        self.tally = Tally()
        self._capture = capture
        self._stopped = threading.Event()
        self._reading = threading.Lock()

    def frames(self, tell: Tell = tell_nobody) -> Iterator[Captured]:
        """Frames `(H, W, 3) uint8 BGR` in order."""
        del tell  # a film is not lost
        metronome = Metronome(self._rate if self.live else 0.0, self._stopped)
        number = 0
        while metronome.wait_for(number):
            with self._reading:
                there, frame = self._capture.read() if not self._stopped.is_set() else (False, None)
            if not there or frame is None:
                return
            self.tally.captured()
            clock = number / self._rate
            if self._thinner.early(clock):
                self.tally.dropped()
            else:
                yield Captured(frame, time.monotonic(), number, clock, f"{self.name}#{number}")
            number += 1

    def close(self) -> None:
        """Ends `frames` and closes the file."""
        self._stopped.set()
        if self._reading.acquire(timeout=1):
            self._capture.release()
            self._reading.release()


class PhotoSource:
    """A folder's photos, by name; one that cannot be read or decoded is counted as failed.

    Args:
        folder: it, or a single photo.
        options: `size` to scale photos to, `fps` to show them at.
        realtime: gives photos at that pace; one that waits is then replaced by the next.

    Raises:
        InputError: there is no photo in it.
    """

    backend = "photos"

    def __init__(self, folder: Path, options: CaptureOptions | None = None, realtime: bool = False) -> None:
        self._options = options or CaptureOptions()
        self.name, self.live, self.fps = str(folder), realtime, self._options.fps or 0.0
        self.tally = Tally()
        self._photos = find_photos([folder])
        self._stopped = threading.Event()

    def frames(self, tell: Tell = tell_nobody) -> Iterator[Captured]:
        """Photos `(H, W, 3) uint8 BGR` in order."""
        del tell  # a folder is not lost
        metronome = Metronome(self.fps, self._stopped)
        for number, photo in enumerate(self._photos):
            if not metronome.wait_for(number):
                return
            self.tally.captured()
            try:
                frame = fitted(read_photo(photo), self._options.size)
            except InputError as error:
                self.tally.failed()
                self.tally.fault = error
                continue
            yield Captured(frame, time.monotonic(), number, number * _APART_S, str(photo))

    def close(self) -> None:
        """Ends `frames`."""
        self._stopped.set()
