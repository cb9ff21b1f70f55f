"""Writes a video that plays up to its last second whenever its process ends."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from edgebreed.edge.images import Frame
from edgebreed.errors import InputError, MissingExtraError
from edgebreed.outputs.unbuffered_file import UnbufferedFile

SUFFIXES = (".mp4", ".avi")
KEY_FRAME_S = 1.0  # a fragment lasts as long, and what is not yet one is lost with the process


@dataclass(frozen=True)
class VideoFormat:
    """How a container is written.

    Attributes:
        codec: name of FFmpeg's encoder.
        pixels: name of FFmpeg's pixel format.
        codec_options: of the encoder.
        container_options: of the container; each packet is handed to the system at once.
        ticks: time stamps a second; None for one a frame.
    """

    codec: str
    pixels: str
    codec_options: dict[str, str]
    container_options: dict[str, str]
    ticks: int | None


_FORMATS = {
    # Fragments make a file playable before it is complete. Browsers play H.264 and not MPEG-4 Part 2.
    ".mp4": VideoFormat(
        "libx264",
        "yuv420p",
        {"preset": "ultrafast", "tune": "zerolatency"},
        {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"},
        1000,
    ),
    # Every frame stands alone, and players read an AVI file without an index from its begin.
    ".avi": VideoFormat("mjpeg", "yuvj420p", {"qmin": "4", "qmax": "4"}, {"flush_packets": "1"}, None),
}


class VideoWriter:
    """A video whose frames have times of their own.

    Args:
        path: a file `.mp4` (H.264) or `.avi` (Motion JPEG); one that exists is replaced.
        size: width and height of all frames in px; an odd last column or row is left out.
        fps: frames per second of an `.avi`, which has one frame rate; a hint in an `.mp4`.

    Raises:
        MissingExtraError: PyAV is not installed.
        InputError: the file cannot be written.
    """

    def __init__(self, path: Path, size: tuple[int, int], fps: float) -> None:
        self._av, self._path = load_pyav(), path
        self._failed = False
        self._size = (size[0] // 2 * 2, size[1] // 2 * 2)  # chroma has half the resolution
        self._errors = OSError, ValueError, self._av.FFmpegError
        video = _FORMATS[path.suffix.lower()]
        try:  # before an older file is replaced: a system's own FFmpeg may lack the encoder
            self._av.codec.Codec(video.codec, "w")
            self._file = UnbufferedFile(path)
        except self._errors as error:
            raise self._fault(error) from error
        with self._checked():
            self._open(video, Fraction(fps).limit_denominator(1001))
        self._last_tick, self._key_frame_at = -1, 0.0

    def write(self, frame: Frame, time_s: float) -> None:
        """Writes a frame `(H, W, 3) uint8 BGR` at a time in s; one not later than the last is left out.

        Raises:
            InputError: the disk is full, or the file cannot be written for another reason.
        """
        tick = round(time_s / self._tick_s)
        if tick <= self._last_tick:
            return
        width, height = self._size
        picture = self._av.VideoFrame.from_ndarray(frame[:height, :width], format="bgr24")
        picture.pts, picture.time_base, self._last_tick = tick, self._tick_s, tick
        if time_s >= self._key_frame_at:
            picture.pict_type, self._key_frame_at = self._key_frame, time_s + KEY_FRAME_S
        with self._checked():
            self._container.mux(self._stream.encode(picture))

    def close(self) -> None:
        """Completes the file; one that could not be written stays if a frame of it plays, else it is removed.

        Raises:
            InputError: it cannot be written, which `write` had not met.
        """
        with suppress(*([InputError] if self._failed else [])):  # which has been raised before
            self._complete()

    def _plays(self) -> bool:
        try:
            with self._av.open(f"file:{self._path}") as video:
                return any(True for _ in video.decode(video=0))
        except self._errors:
            return False

    def _complete(self) -> None:
        with self._removing_what_does_not_play(), self._checked(), closing(self._file):
            if not self._failed:
                self._container.mux(self._stream.encode(None))
            self._container.close()

    def _open(self, video: VideoFormat, rate: Fraction) -> None:
        with self._removing_what_does_not_play(), ExitStack() as at_failure:
            at_failure.callback(self._file.close)
            kind, options = self._path.suffix.lower()[1:], video.container_options
            self._container = self._av.open(self._file, "w", format=kind, options=options)
            self._stream = self._container.add_stream(video.codec, rate, options=video.codec_options)
            self._stream.width, self._stream.height = self._size
            self._stream.pix_fmt = video.pixels
            self._tick_s = Fraction(1, video.ticks) if video.ticks else 1 / rate
            self._stream.codec_context.time_base = self._tick_s
            self._key_frame = self._av.video.frame.PictureType.I
            at_failure.pop_all()

    @contextmanager
    def _removing_what_does_not_play(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            if not self._plays():  # an empty file would stand in the way of the next try
                self._file.remove()
            raise

    @contextmanager
    def _checked(self) -> Iterator[None]:
        """Raises what the library says, and also what its trailer does not: the file's own first error."""
        try:
            yield
            if self._file.error is not None:
                raise self._file.error
        except self._errors as error:
            self._failed = True
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> InputError:
        reason = getattr(error, "strerror", None) or error
        return InputError(f"cannot write video {self._path}: {reason}")


def load_pyav() -> Any:
    """PyAV, which writes videos.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError("PyAV, which writes recordings,", "record") from error
    return av
