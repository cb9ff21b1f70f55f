"""Records a stream as an annotated video file."""

from pathlib import Path

from edgebreed.edge.annotate import draw_result
from edgebreed.edge.files import refuse_existing
from edgebreed.edge.images import Frame
from edgebreed.edge.stream.capture import resize_frame
from edgebreed.edge.stream.events import FrameResult, StateChange
from edgebreed.edge.stream.video_clock import MAX_STEP_S
from edgebreed.errors import InputError
from edgebreed.outputs.video_writer import SUFFIXES, VideoWriter, load_pyav

_DEFAULT_FPS = 25.0  # if the source reports none
_MAX_OUTAGE_S = 2.0  # a longer gap is shortened: hours without a camera would be hours of one picture


class RecordingSink:
    """A sink that writes annotated frames to a video that plays at their original speed.

    Frames of another size than the first are resized to it, because a video has one size. Until it is closed,
    the file plays up to about its last second: a killed process or a full disk costs no more.

    Args:
        path: `.mp4` or `.avi`.
        fps: frames per second of the source; 0 if it reports none.
        live: whether the source may be away for a time, in which case the video goes on 2 s later.
        overwrite: whether an existing file may be replaced.

    Raises:
        InputError: the file exists, or has another suffix.
        MissingExtraError: PyAV is not installed.
    """

    def __init__(self, path: Path, fps: float, live: bool, overwrite: bool) -> None:
        refuse_existing(path, overwrite, "another name")
        if path.suffix.lower() not in SUFFIXES or not path.absolute().parent.is_dir():
            raise InputError(f"cannot write video {path}: name a file .mp4 or .avi in a folder that exists")
        load_pyav()
        self._path, self._fps = path, fps or _DEFAULT_FPS
        self._max_gap_s = max(_MAX_OUTAGE_S, 1 / self._fps) if live else MAX_STEP_S
        self._shortened_s = self._max_gap_s if live else 1 / self._fps
        self._writer: VideoWriter | None = None
        self._size = (0, 0)
        self._last_media_s = self._time_s = 0.0

    def on_result(self, result: FrameResult) -> None:
        """Writes a frame and its result."""
        picture = draw_result(result.frame, result.result)
        if self._writer is None:
            self._writer = self._open(picture)
        else:
            self._time_s += self._gap_s(result.media_s - self._last_media_s)
        self._last_media_s = result.media_s
        self._writer.write(resize_frame(picture, self._size), self._time_s)

    def on_state(self, change: StateChange) -> None:
        """Does nothing: a video only contains frames."""

    def close(self) -> None:
        """Completes the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _gap_s(self, gap_s: float) -> float:
        """The time from one frame to the next; a leap in a file's times is one frame interval."""
        return self._shortened_s if gap_s > self._max_gap_s else max(0.0, gap_s)

    def _open(self, picture: Frame) -> VideoWriter:
        self._size = (picture.shape[1], picture.shape[0])
        return VideoWriter(self._path, self._size, self._fps)
