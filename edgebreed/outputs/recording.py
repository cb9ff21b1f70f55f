"""An annotated film of a stream."""

from pathlib import Path

import cv2

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.camera.capture import fitted
from edgebreed.edge.camera.events import Answered, StateChange
from edgebreed.edge.files import refuse_existing
from edgebreed.edge.images import Frame
from edgebreed.errors import InputError

_CODECS = {".avi": "MJPG", ".mp4": "mp4v"}
_DEFAULT_FPS = 25.0  # where the source announces none
_LONGEST_STILL_S = 2.0  # of a picture that is repeated; a night without a camera is not filmed


class RecordingSink:
    """Writes annotated frames to a film that plays at the speed at which they came.

    Frames of another size than the first are scaled to it: a film has one size.

    Args:
        path: `.mp4` or `.avi`.
        fps: frames per second of the film; 0 where the source announces none.
        timed: repeats and skips frames, so that a camera's film keeps its time though frames were dropped.
        overwrite: replaces what is there.

    Raises:
        InputError: the file exists, or OpenCV cannot write its format.
    """

    def __init__(self, path: Path, fps: float, timed: bool, overwrite: bool) -> None:
        refuse_existing(path, overwrite, "another name")
        if path.suffix.lower() not in _CODECS or not path.absolute().parent.is_dir():
            raise InputError(f"cannot write video {path}: name a file .mp4 or .avi in a folder that exists")
        self._path, self._fps, self._timed = path, fps or _DEFAULT_FPS, timed
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._longest_s = max(_LONGEST_STILL_S, 1 / self._fps)
        self._last_at = 0.0
        self._owed = 1.0

    def answered(self, answered: Answered) -> None:
        """Writes a frame with its answer."""
        picture = draw_result(answered.frame, answered.result)
        writer = self._writer or self._open(picture)
        if self._timed and self._last_at:
            passed = max(0.0, answered.captured_at - self._last_at)  # a clock may be set back
            self._owed += min(passed, self._longest_s) * self._fps
        elif self._last_at:
            self._owed += 1.0
        self._last_at = answered.captured_at
        while self._owed >= 1.0:
            writer.write(fitted(picture, self._size))
            self._owed -= 1.0

    def changed(self, change: StateChange) -> None:
        """A film holds pictures alone."""

    def close(self) -> None:
        """Finishes the file."""
        if self._writer is not None:
            self._writer.release()

    def _open(self, picture: Frame) -> cv2.VideoWriter:
        self._size = (picture.shape[1], picture.shape[0])
        codec = cv2.VideoWriter.fourcc(*_CODECS[self._path.suffix.lower()])
        self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, self._size)
        if not self._writer.isOpened():
            raise InputError(
                f"cannot write video {self._path}: this OpenCV has no encoder for it, or no right"
            )
        return self._writer
