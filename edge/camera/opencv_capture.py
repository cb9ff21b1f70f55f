"""Opens a camera, a film or a network stream through OpenCV, within a time, and says what it got."""

import os
from pathlib import Path

import cv2
import numpy as np

from edgebreed.edge.camera.address import Address, AddressKind
from edgebreed.edge.camera.capture import Capture, CaptureOptions, fitted
from edgebreed.edge.images import Frame
from edgebreed.errors import SourceError

BY_ID = Path("/dev/v4l/by-id")
_CSI_SIZE, _CSI_FPS = (1280, 720), 30.0
_TO_BGR = "videoconvert ! video/x-raw, format=BGR ! appsink drop=true max-buffers=1 sync=false"


class OpenCVCapture:
    """An opened OpenCV capture.

    Args:
        capture: it.
        size: width and height in px that frames are scaled to; None leaves them as they come.
    """

    def __init__(self, capture: cv2.VideoCapture, size: tuple[int, int] | None = None) -> None:
        self._capture, self._size = capture, size
        self.backend = capture.getBackendName()
        self.fps = _positive(capture.get(cv2.CAP_PROP_FPS))
        self.length = round(_positive(capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    def read(self) -> tuple[bool, Frame | None]:
        """The next frame, `(H, W, 3) uint8 BGR`, and whether there was one; waits for it."""
        there, frame = self._capture.read()
        if not there or frame is None or frame.size == 0:
            return False, None
        return True, fitted(np.asarray(frame, np.uint8), self._size)

    def release(self) -> None:
        """Gives the device back; not while another thread reads."""
        self._capture.release()


def open_capture(address: Address, options: CaptureOptions | None = None) -> Capture:
    """Opens what an address names.

    Raises:
        SourceError: it is not there, another program has it, or this OpenCV cannot read its kind.
    """
    options = options or CaptureOptions()
    _quieten()
    _check_device(address)
    for backend in _backends(address):
        capture = _open(address, options, backend)
        if capture.isOpened():
            if address.kind is not AddressKind.CAMERA:
                return OpenCVCapture(capture, options.size)
            return OpenCVCapture(_in_mode(capture, options))
        capture.release()
    raise SourceError(_why_closed(address))


def lasting_name(device: Path, by_id: Path = BY_ID) -> Path:
    """The name that follows a USB camera to whichever number it gets when it is plugged in again."""
    if by_id not in device.parents and by_id.is_dir():
        for link in sorted(by_id.iterdir()):
            if link.resolve() == device.resolve():
                return link
    return device


def gstreamer_pipeline(address: Address, options: CaptureOptions) -> str:
    """The pipeline that GStreamer runs for a `csi://` address or for a pipeline in the user's words."""
    if address.kind is AddressKind.PIPELINE:
        return address.text if "appsink" in address.text else f"{address.text} ! {_TO_BGR}"
    (width, height), fps = options.size or _CSI_SIZE, options.fps or _CSI_FPS
    return (
        f"nvarguscamerasrc sensor-id={address.text.removeprefix('csi://')} ! "
        f"video/x-raw(memory:NVMM), width={width}, height={height}, framerate={round(fps)}/1 ! "
        f"nvvidconv ! video/x-raw, format=BGRx ! {_TO_BGR}"
    )


def _open(address: Address, options: CaptureOptions, backend: int) -> cv2.VideoCapture:
    if address.device is not None:
        device = str(address.device) if backend == cv2.CAP_V4L2 else int(address.text)
        return cv2.VideoCapture(device, backend)
    if backend == cv2.CAP_GSTREAMER and address.kind in (AddressKind.CSI, AddressKind.PIPELINE):
        return cv2.VideoCapture(gstreamer_pipeline(address, options), backend)
    limits = {
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: options.open_timeout_s,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: options.read_timeout_s,
    }
    timeouts = [value for key, seconds in limits.items() for value in (key, round(seconds * 1e3))]
    return cv2.VideoCapture(address.text, backend, timeouts if backend == cv2.CAP_FFMPEG else [])


def _backends(address: Address) -> list[int]:
    """What OpenCV here can open such an address with, best first."""
    if address.kind is AddressKind.CAMERA:
        here = [cv2.CAP_V4L2] if cv2.videoio_registry.hasBackend(cv2.CAP_V4L2) else []
        return here or ([cv2.CAP_ANY] if address.text.isdecimal() else [])
    wanted = [cv2.CAP_GSTREAMER]
    if address.kind in (AddressKind.NETWORK, AddressKind.FILM):
        wanted = [cv2.CAP_FFMPEG, cv2.CAP_GSTREAMER]
    return [backend for backend in wanted if cv2.videoio_registry.hasBackend(backend)]


def _in_mode(capture: cv2.VideoCapture, options: CaptureOptions) -> cv2.VideoCapture:
    """Asks a camera for a mode; it takes the nearest that it has."""
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # what the driver holds back is age that no clock here sees
    if options.size:
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.size[1])
    if options.fps:
        capture.set(cv2.CAP_PROP_FPS, options.fps)
    return capture


def _check_device(address: Address) -> None:
    device = address.device
    if device is None or not cv2.videoio_registry.hasBackend(cv2.CAP_V4L2):
        return
    if not device.exists():
        raise SourceError(f"camera {address.redacted} does not open: plug it in, or see `edgebreed doctor`")
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceError(
            f"camera {device} may not be read: `sudo usermod -aG video $USER`, then log in again"
        )


def _why_closed(address: Address) -> str:
    name = address.redacted
    if address.kind is AddressKind.CAMERA:
        return f"camera {name} is there and does not open: end the program that has it, or it takes no video"
    if address.kind is AddressKind.FILM:
        return f"{name} does not open as a video: give a file that OpenCV's FFmpeg reads"
    if address.kind is AddressKind.NETWORK:
        return f"{name} does not open: check the address, the login, and that the camera answers"
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        return f"{name} needs GStreamer, which this OpenCV lacks: use the OpenCV of JetPack or Debian"
    return f"{name} does not start: try it with gst-launch-1.0"


def _quieten() -> None:
    """Keeps OpenCV and FFmpeg from writing to standard error what is told in one line here.

    Their lines would also hold the address with its password. Whoever set their variables is obeyed.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        getattr(cv2.utils, "logging", cv2).setLogLevel(0)  # OpenCV up to 4.6 has it one module up


def _positive(value: float) -> float:
    """A property of a capture; some back ends answer -1, and FFmpeg a huge negative length."""
    return float(value) if 0 < value < 1e9 else 0.0
