"""Records a stream as an annotated video file."""

from pathlib import Path

import cv2

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.files import refuse_existing
from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import resize_frame
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.errors import InputError

_CODECS = {".avi": "MJPG", ".mp4": "mp4v"}
_DEFAULT_FPS = 25.0  # if the source reports none
_MAX_STILL_S = 2.0  # a longer gap is shortened: hours without a camera would be hours of one picture


class RecordingSink:
    """A sink that writes annotated frames to a video that plays at their original speed.

    Frames of another size than the first are resized to it, because a video has one size.

    Args:
        path: `.mp4` or `.avi`.
        fps: frames per second of the video; 0 if the source reports none.
        timed: repeats and skips frames to keep the capture times, for sources whose frames may be dropped.
        overwrite: whether an existing file may be replaced.

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
        self._max_gap_s = max(_MAX_STILL_S, 1 / self._fps)
        self._last_at = 0.0
        self._frames_due = 1.0

    def on_result(self, result: FrameResult) -> None:
        """Writes a frame and its result."""
        picture = draw_result(result.frame, result.result)
        writer = self._writer or self._open(picture)
        if self._last_at:
            self._frames_due += self._frames_since_last(result.captured_at)
        self._last_at = result.captured_at
        while self._frames_due >= 1.0:
            writer.write(resize_frame(picture, self._size))
            self._frames_due -= 1.0

    def on_state(self, change: StateChange) -> None:
        """Does nothing: a video only contains frames."""

    def close(self) -> None:
        """Completes the file."""
        if self._writer is not None:
            self._writer.release()

    def _frames_since_last(self, captured_at: float) -> float:
        if not self._timed:
            return 1.0
        gap_s = max(0.0, captured_at - self._last_at)  # the system clock may be set back
        return min(gap_s, self._max_gap_s) * self._fps

    def _open(self, picture: Frame) -> cv2.VideoWriter:
        self._size = (picture.shape[1], picture.shape[0])
        codec = cv2.VideoWriter.fourcc(*_CODECS[self._path.suffix.lower()])
        self._writer = cv2.VideoWriter(str(self._path), codec, self._fps, self._size)
        if not self._writer.isOpened():
            raise InputError(
                f"cannot write video {self._path}: no encoder in this OpenCV, or no permission to write"
            )
        return self._writer
