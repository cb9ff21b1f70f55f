"""Opens a camera, a video file or a network stream through OpenCV, with timeouts and clear errors."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from edgebreed.edge.image_limits import DEFAULT_LIMITS
from edgebreed.edge.images import Frame
from edgebreed.edge.opencv_log import silence_opencv
from edgebreed.edge.stream.capture import Capture, CaptureOptions, resize_frame
from edgebreed.edge.stream.connection_fault import connection_fault
from edgebreed.edge.stream.mjpeg_capture import MjpegFallback, open_mjpeg
from edgebreed.edge.stream.pixel_format import stated_format, to_bgr
from edgebreed.edge.stream.source_uri import SourceKind, SourceUri
from edgebreed.edge.stream.video_clock import sane_fps
from edgebreed.errors import SourceError

_AT_SIGN = "; write an at sign in a path as %40, and / ? # in a password as %2F %3F %23"
_CHECK_CABLE = "check cable, power and network"
BY_ID = Path("/dev/v4l/by-id")
_CSI_SIZE, _CSI_FPS = (1280, 720), 30.0
_TO_BGR = "videoconvert ! video/x-raw, format=BGR ! appsink drop=true max-buffers=1 sync=false"


class OpenCVCapture:
    """An open `cv2.VideoCapture`.

    Args:
        capture: the OpenCV object.
        size: width and height in px that frames are resized to; None leaves them as they are.
        pixel_format: GStreamer's name of what it delivers if that is not BGR; empty if unknown.
    """

    def __init__(
        self, capture: "cv2.VideoCapture", size: tuple[int, int] | None = None, pixel_format: str = ""
    ) -> None:
        self._capture, self._size, self._pixel_format = capture, size, pixel_format
        self.backend = capture.getBackendName()
        self.fps = sane_fps(_known_or_zero(capture.get(cv2.CAP_PROP_FPS)))
        self.length = round(_known_or_zero(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.time_s = 0.0
        self._peeked: list[tuple[bool, Frame | None]] = []

    def peek(self) -> None:
        """Reads the first frame, which `read` returns then.

        Raises:
            SourceError: its format is not converted.
        """
        self._peeked.append(self.read())

    def read(self) -> tuple[bool, Frame | None]:
        """Blocks until the next frame: whether there is one, and its pixels `(H, W, 3) uint8 BGR`."""
        if self._peeked:
            return self._peeked.pop()
        found, frame = self._capture.read()
        if not found or frame is None or frame.size == 0:
            return False, None
        self.time_s = _known_or_zero(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3
        height = round(_known_or_zero(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        return True, resize_frame(to_bgr(frame, self._pixel_format, height), self._size)

    def release(self) -> None:
        """Closes the device; not to be called while another thread reads."""
        self._capture.release()


def open_capture(uri: SourceUri, options: CaptureOptions | None = None) -> Capture:
    """Opens a source with the best OpenCV backend that can.

    Raises:
        SourceError: it does not exist, another program uses it, this OpenCV cannot read its kind, or its
            frames have more pixels than a photo may have by default.
    """
    options = options or CaptureOptions()
    silence_opencv()
    _check_device(uri)
    if uri.path is None and not _is_utf8(uri.address):  # OpenCV would end the process
        raise SourceError(f"{uri.redacted} is no UTF-8: give it another name, for example by a link")
    start = time.monotonic()
    for backend in _backends(uri):
        capture = _open(uri, options, backend)
        if capture.isOpened():
            _check_size(capture, uri)
            return _wrapped(capture, uri, options)
        capture.release()
    if time.monotonic() - start >= options.open_timeout_s:
        raise SourceError(f"{uri.redacted} did not open within {options.open_timeout_s:g} s: {_CHECK_CABLE}")
    mjpeg = open_mjpeg(uri.address, options) if uri.over_http else None
    if mjpeg is None:
        raise SourceError(_open_error(uri))
    return mjpeg


def _check_size(capture: "cv2.VideoCapture", uri: SourceUri) -> None:
    """Closes a source with huge frames before the first one is decoded.

    FFmpeg scales frames whose size changes later to the size at the begin.
    """
    properties = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    width, height = (round(_known_or_zero(capture.get(name))) for name in properties)
    megapixels, most = width * height // 1_000_000, DEFAULT_LIMITS.megapixels
    if megapixels > most:
        capture.release()
        raise SourceError(
            f"{uri.redacted} has frames of {width:,}x{height:,} pixels ({megapixels:,} Mpx), "
            f"at most {most} Mpx are decoded: scale it down"
        )


def _wrapped(capture: "cv2.VideoCapture", uri: SourceUri, options: CaptureOptions) -> Capture:
    if uri.kind is SourceKind.CAMERA:
        return OpenCVCapture(_set_mode(capture, options))
    if uri.kind is SourceKind.PIPELINE:
        return _peeked(OpenCVCapture(capture, options.size, stated_format(gstreamer_pipeline(uri, options))))
    opened = OpenCVCapture(capture, options.size)
    if uri.over_http and not opened.length:
        return MjpegFallback(opened, uri.address, options)
    return opened


def _peeked(capture: OpenCVCapture) -> OpenCVCapture:
    """A pipeline whose first frame is of a format that is converted; else it is closed."""
    try:
        capture.peek()
    except SourceError:
        capture.release()
        raise
    return capture


def stable_device_path(device: Path, by_id: Path = BY_ID) -> Path:
    """The path by which udev finds a USB camera again, whatever number it gets when it is plugged in."""
    if by_id not in device.parents and by_id.is_dir():
        for link in sorted(by_id.iterdir()):
            if link.resolve() == device.resolve():
                return link
    return device


def gstreamer_pipeline(uri: SourceUri, options: CaptureOptions) -> str:
    """The GStreamer pipeline for a `csi://` camera, or the user's own pipeline with an appsink."""
    if uri.kind is SourceKind.PIPELINE:
        return uri.text if "appsink" in uri.text else f"{uri.text} ! {_TO_BGR}"
    (width, height), fps = options.size or _CSI_SIZE, options.fps or _CSI_FPS
    return (
        f"nvarguscamerasrc sensor-id={uri.text.removeprefix('csi://')} ! "
        f"video/x-raw(memory:NVMM), width={width}, height={height}, framerate={round(fps)}/1 ! "
        f"nvvidconv ! video/x-raw, format=BGRx ! {_TO_BGR}"
    )


def _open(uri: SourceUri, options: CaptureOptions, backend: int) -> "cv2.VideoCapture":
    if uri.device is not None:
        device = str(uri.device) if backend == cv2.CAP_V4L2 else int(uri.text)
        return cv2.VideoCapture(device, backend)
    if backend == cv2.CAP_GSTREAMER and uri.kind in (SourceKind.CSI, SourceKind.PIPELINE):
        return cv2.VideoCapture(gstreamer_pipeline(uri, options), backend)
    limits = {  # a limit of our own ends every open, and says so: FFmpeg's only ends what is left behind
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: options.open_timeout_s + 1,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: options.read_timeout_s,
    }
    timeouts = [value for key, seconds in limits.items() for value in (key, round(seconds * 1e3))]
    with _readable_name(uri) as name:
        return cv2.VideoCapture(name, backend, timeouts if backend == cv2.CAP_FFMPEG else [])


@contextmanager
def _readable_name(uri: SourceUri) -> Iterator[str]:
    """A source by a name that FFmpeg reads, while it is opened.

    FFmpeg takes what stands before a colon for a protocol, but not in an absolute path.
    """
    name = uri.address if uri.path is None else str(uri.path.absolute())
    if uri.path is None or _is_utf8(name):
        yield name
        return
    with uri.path.open("rb") as file:
        yield f"/dev/fd/{file.fileno()}"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _backends(uri: SourceUri) -> list[int]:
    """The backends of this OpenCV that can open such a source, best first."""
    if uri.kind is SourceKind.CAMERA:
        installed = [cv2.CAP_V4L2] if cv2.videoio_registry.hasBackend(cv2.CAP_V4L2) else []
        return installed or ([cv2.CAP_ANY] if uri.text.isdecimal() else [])
    wanted = [cv2.CAP_GSTREAMER]
    if uri.kind in (SourceKind.NETWORK, SourceKind.VIDEO):
        wanted = [cv2.CAP_FFMPEG, cv2.CAP_GSTREAMER]
    return [backend for backend in wanted if cv2.videoio_registry.hasBackend(backend)]


def _set_mode(capture: "cv2.VideoCapture", options: CaptureOptions) -> "cv2.VideoCapture":
    """Requests a mode from a camera; the driver takes the nearest one."""
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # time in the driver's buffer is latency that is not measured
    if options.size:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size[1])
    if options.fps:
        capture.set(cv2.CAP_PROP_FPS, options.fps)
    return capture


def _check_device(uri: SourceUri) -> None:
    device = uri.device
    if device is None or not cv2.videoio_registry.hasBackend(cv2.CAP_V4L2):
        return
    if not device.exists():
        raise SourceError(f"camera {uri.redacted} does not open: plug it in, or see `edgebreed doctor`")
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceError(
            f"no permission to read camera {device}: `sudo usermod -aG video $USER`, then log in again"
        )


def _open_error(uri: SourceUri) -> str:
    name = uri.redacted
    if uri.kind is SourceKind.CAMERA:
        return f"camera {name} exists and does not open: close the program that uses it, or pick another one"
    if uri.kind is SourceKind.VIDEO:
        return f"{name} does not open as a video: give a file that OpenCV's FFmpeg reads"
    if uri.kind is SourceKind.NETWORK:
        return f"{name} does not open: {connection_fault(uri.address)}{_AT_SIGN if uri.ambiguous else ''}"
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        return f"{name} needs GStreamer, which this OpenCV lacks: use the OpenCV of JetPack or Debian"
    return f"{name} does not start: try it with gst-launch-1.0"


def _known_or_zero(value: float) -> float:
    # Some backends report -1 for an unknown property, and FFmpeg a huge negative length.
    return float(value) if 0 < value < 1e9 else 0.0
