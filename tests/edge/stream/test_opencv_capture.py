"""Opening sources through OpenCV."""

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.stream.capture import CaptureOptions
from edgebreed.edge.stream.opencv_capture import (
    OpenCVCapture,
    gstreamer_pipeline,
    open_capture,
    stable_device_path,
)
from edgebreed.edge.stream.source_uri import SourceKind, SourceUri, parse_source
from edgebreed.errors import SourceError

from .videos import write_raw_video, write_video

GSTREAMER = cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER)


def test_a_video_file_reports_its_backend_rate_and_length(tmp_path: Path) -> None:
    """Its frames are resized to the requested size."""
    video = parse_source(str(write_video(tmp_path / "v.avi", 3)))
    capture = open_capture(video, CaptureOptions(size=(32, 24)))
    assert ("FFMPEG", 25.0, 3) == (capture.backend, capture.fps, capture.length)
    found, frame = capture.read()
    assert frame is not None
    assert (True, (24, 32, 3)) == (found, frame.shape)
    assert [True, True, False] == [capture.read()[0] for _ in "abc"]
    capture.release()


@pytest.mark.parametrize(
    "name",
    [
        "a:b.avi",
        "http:.avi",
        "concat:x",
        "-x.avi",
        "a\nb.avi",
        "a%03d.avi",
        "\U0001f600.avi",
        "caf\udce9.avi",
    ],
)
def test_a_video_file_of_any_name_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """FFmpeg takes no part of it for a protocol, and no byte ends the process."""
    monkeypatch.chdir(write_video(tmp_path / "v.avi", 3).parent)
    (tmp_path / "v.avi").rename(name)
    capture = open_capture(parse_source(name))
    assert (3, [True] * 3) == (capture.length, [capture.read()[0] for _ in "abc"])
    capture.release()


@pytest.mark.parametrize(
    "uri",
    [
        SourceUri("videotestsrc ! caf\udce9 ! appsink", SourceKind.PIPELINE),
        SourceUri("/dev/caf\udce9", SourceKind.CAMERA),
    ],
)
def test_what_is_no_utf8_is_refused(uri: SourceUri) -> None:
    """It would end the process in OpenCV."""
    with pytest.raises(SourceError, match="is no UTF-8: give it another name|does not open: plug it in"):
        open_capture(uri)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("93", "camera 93 does not open: plug it in"),
        ("/dev/video93", "camera /dev/video93 does not open: plug it in"),
        ("/dev/null", "camera /dev/null exists and does not open: close the program that uses it"),
    ],
)
def test_a_camera_that_does_not_open_is_named(
    text: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """With what to do, and without OpenCV's own messages."""
    with pytest.raises(SourceError, match=message):
        open_capture(parse_source(text))
    assert ("", "") == capfd.readouterr()


@pytest.mark.slow
def test_a_network_camera_that_does_not_open_is_one_line_without_its_password() -> None:
    """In a process of its own, because FFmpeg reads its log level when it is first used."""
    command = [sys.executable, "-m", "edgebreed", "stream", "--headless", "--json", "--source"]
    done = subprocess.run(
        [*command, "rtsp://u:s3cret@127.0.0.1:9/x"], capture_output=True, text=True, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    expected = (
        "rtsp://127.0.0.1:9/x does not open: "
        "the host refuses the connection: check the port, and that the camera streams"
    )
    assert f"edgebreed: {expected}\n" == done.stderr


def test_a_video_of_huge_frames_is_refused(tmp_path: Path) -> None:
    """When it is opened: decoding a frame would take gigabytes."""
    video = write_raw_video(tmp_path / "v.avi", (16_000, 16_000))
    fault = r"v.avi has frames of 16,000x16,000 pixels \(256 Mpx\), at most 64 Mpx are decoded: scale it down"
    with pytest.raises(SourceError, match=fault):
        open_capture(parse_source(str(video)))
    assert open_capture(parse_source(str(write_raw_video(tmp_path / "8k.avi", (7680, 4320))))).fps == 25


def test_a_text_file_is_no_video(tmp_path: Path) -> None:
    """The message says what OpenCV reads."""
    (tmp_path / "v.mp4").write_text("hello")
    with pytest.raises(SourceError, match=r"v\.mp4 does not open as a video: give a file"):
        open_capture(parse_source(str(tmp_path / "v.mp4")))


@pytest.mark.parametrize("text", ["csi://0", "videotestsrc ! identity error-after=1 ! nosuchelement"])
def test_without_gstreamer_its_sources_say_what_is_missing(text: str) -> None:
    """With GStreamer in OpenCV, the message says how to find out more."""
    message = (
        "does not start: try it with gst-launch" if GSTREAMER else "needs GStreamer, which this OpenCV lacks"
    )
    with pytest.raises(SourceError, match=message):
        open_capture(parse_source(text))


def test_a_csi_camera_is_read_by_jetpacks_pipeline() -> None:
    """With the requested mode, and without a queue of frames."""
    uri = SourceUri("csi://1", SourceKind.CSI)
    pipeline = gstreamer_pipeline(uri, CaptureOptions(fps=15, size=(640, 480)))
    assert pipeline.startswith(
        "nvarguscamerasrc sensor-id=1 ! video/x-raw(memory:NVMM), width=640, height=480"
    )
    assert "framerate=15/1" in pipeline
    assert pipeline.endswith("format=BGR ! appsink drop=true max-buffers=1 sync=false")


def test_a_pipeline_gets_the_appsink_that_opencv_needs() -> None:
    """Unless it has one."""
    whole = SourceUri("videotestsrc ! appsink name=x", SourceKind.PIPELINE)
    assert whole.text == gstreamer_pipeline(whole, CaptureOptions())
    open_end = SourceUri("v4l2src ! jpegdec", SourceKind.PIPELINE)
    assert "v4l2src ! jpegdec ! videoconvert ! " in gstreamer_pipeline(open_end, CaptureOptions())


class RawDevice:
    """A pipeline in OpenCV that delivers raw frames."""

    def __init__(self, frame: NDArray[Any]) -> None:
        self._frame = frame

    def getBackendName(self) -> str:  # noqa: N802  # OpenCV's own name
        """GStreamer's."""
        return "GSTREAMER"

    def get(self, key: int) -> float:
        """The height."""
        return 48.0 if key == cv2.CAP_PROP_FRAME_HEIGHT else 0.0

    def read(self) -> tuple[bool, NDArray[Any]]:
        """The same frame again and again."""
        return True, self._frame


def test_raw_frames_of_a_pipeline_are_converted_or_refused() -> None:
    """At the first frame, which is not lost; 16 bits would be shown wrongly."""
    nv12, grey16 = RawDevice(np.full((72, 64), 128, np.uint8)), RawDevice(np.zeros((48, 64), np.uint16))
    capture = OpenCVCapture(cast(cv2.VideoCapture, nv12), (32, 24), "NV12")
    capture.peek()
    frames = [capture.read()[1] for _ in "ab"]
    assert [(24, 32, 3)] * 2 == [frame.shape for frame in frames if frame is not None]
    with pytest.raises(SourceError, match="frames of 48x64 uint16 in no stated format"):
        OpenCVCapture(cast(cv2.VideoCapture, grey16)).peek()


def test_a_usb_camera_is_opened_by_its_stable_path(tmp_path: Path) -> None:
    """Plugged in again it may get another number; the link follows it."""
    by_id, devices = tmp_path / "by-id", [tmp_path / f"video{number}" for number in (0, 2)]
    by_id.mkdir()
    for device in devices:
        device.touch()
    name = by_id / "usb-Maker_Cam-video-index0"
    name.symlink_to(devices[0])
    assert name == stable_device_path(devices[0], by_id) == stable_device_path(name, by_id)
    assert devices[1] == stable_device_path(devices[1], by_id)
    name.unlink()
    name.symlink_to(devices[1])
    assert devices[1] == stable_device_path(name, by_id).resolve()
