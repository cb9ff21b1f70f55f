"""Reads Motion JPEG over HTTP by its pictures alone, for cameras that state wrong lengths or no boundary."""

from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError

from edgebreed.edge.images import Frame, decode
from edgebreed.edge.jpeg_markers import END_OF_IMAGE, START_OF_IMAGE, jpeg_markers
from edgebreed.edge.stream.capture import Capture, CaptureOptions, resize_frame
from edgebreed.edge.stream.http_stream import request_stream
from edgebreed.errors import ImageError

_MAX_PICTURE = 16 << 20  # bytes
_BLOCK = 65536  # bytes
_FIRST_FRAMES = 3  # a demuxer that ends among these cannot read the stream; later, the camera has hung up


class MjpegCapture:
    """Pictures one after another in a stream of bytes; what stands between them is passed over.

    Args:
        answer: of the camera, to be read.
        size: width and height in px that frames are resized to; None leaves them as they are.
    """

    backend, fps, length, time_s = "MJPEG", 0.0, 0, 0.0

    def __init__(self, answer: HTTPResponse | HTTPError, size: tuple[int, int] | None = None) -> None:
        self._answer, self._size = answer, size
        self._data = b""

    def read(self) -> tuple[bool, Frame | None]:
        """Blocks until the next picture: whether it decodes, and its pixels `(H, W, 3) uint8 BGR`."""
        try:
            jpeg = self._next_jpeg()
        except (OSError, HTTPException):
            return False, None
        try:
            return (True, resize_frame(decode(jpeg), self._size)) if jpeg else (False, None)
        except ImageError:
            self._data = jpeg[2:] + self._data  # the next picture may begin in one that was cut
            return False, None

    def release(self) -> None:
        """Closes the connection."""
        self._answer.close()

    def _next_jpeg(self) -> bytes:
        """The bytes of the next whole picture; empty at the end of the stream."""
        while (found := _find_jpeg(self._data)) is None:
            begin = max(0, self._data.rfind(b"\xff\xd8\xff"))
            kept = self._data if len(self._data) < _MAX_PICTURE else self._data[begin:]
            block = self._answer.read1(_BLOCK)
            if not block or len(kept) >= _MAX_PICTURE:
                return b""
            self._data = kept + block
        begin, end = found
        jpeg, self._data = self._data[begin:end], self._data[end:]
        return jpeg


class MjpegFallback:
    """An open capture that is replaced if it ends with its first frames.

    FFmpeg goes by the lengths of the parts, and does not find the next one after a wrong length.

    Args:
        capture: the open capture.
        url: of the stream, with a percent-coded login.
        options: of the capture.
    """

    def __init__(self, capture: Capture, url: str, options: CaptureOptions) -> None:
        self._capture, self._url, self._options = capture, url, options
        self.backend, self.fps, self.length, self.time_s = capture.backend, capture.fps, 0, 0.0
        self._frames = 0

    def read(self) -> tuple[bool, Frame | None]:
        """Blocks until the next frame: whether there is one, and its pixels `(H, W, 3) uint8 BGR`."""
        found, frame = self._capture.read()
        if not found and self._frames < _FIRST_FRAMES and self.backend != MjpegCapture.backend:
            self._replace()
            found, frame = self._capture.read()
        self._frames += found
        return found, frame

    def release(self) -> None:
        """Closes the connection."""
        self._capture.release()

    def _replace(self) -> None:
        self._capture.release()  # many cameras serve few connections
        capture = open_mjpeg(self._url, self._options)
        self._frames = _FIRST_FRAMES
        if capture is not None:
            self._capture, self.backend = capture, capture.backend


def open_mjpeg(url: str, options: CaptureOptions) -> MjpegCapture | None:
    """Opens a stream of pictures over HTTP; None if it is none, or cannot be reached.

    Args:
        url: `http://` or `https://`, with a percent-coded login.
        options: of the capture.
    """
    try:
        answer = request_stream(url, options.read_timeout_s)
    except (OSError, HTTPException, ValueError):
        return None
    kind = answer.headers.get_content_type()
    if answer.status == 200 and kind in ("multipart/x-mixed-replace", "multipart/mixed", "image/jpeg"):
        return MjpegCapture(answer, options.size)
    answer.close()
    return None


def _find_jpeg(data: bytes) -> tuple[int, int] | None:
    """Begin and end of the first whole JPEG; one that another begins in is passed over."""
    begin = data.find(b"\xff\xd8\xff")
    if begin < 0:
        return None
    first = begin
    for marker in jpeg_markers(data[first:]):
        if marker.number == START_OF_IMAGE:
            begin = first + marker.at
        elif marker.number == END_OF_IMAGE:
            return begin, first + marker.at + 2
    return None
