"""Opening through OpenCV."""

import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.camera.address import Address, AddressKind, parse_address
from edgebreed.edge.camera.capture import CaptureOptions
from edgebreed.edge.camera.opencv_capture import gstreamer_pipeline, lasting_name, open_capture
from edgebreed.errors import SourceError

from .test_on_disk import write_video

GSTREAMER = cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER)


def test_a_film_tells_its_backend_rate_and_length(tmp_path: Path) -> None:
    """And is scaled to the size that was asked for."""
    film = parse_address(str(write_video(tmp_path / "v.avi", 3)))
    capture = open_capture(film, CaptureOptions(size=(32, 24)))
    assert ("FFMPEG", 25.0, 3) == (capture.backend, capture.fps, capture.length)
    there, frame = capture.read()
    assert frame is not None
    assert (True, (24, 32, 3)) == (there, frame.shape)
    assert [True, True, False] == [capture.read()[0] for _ in "abc"]
    capture.release()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("93", "camera 93 does not open: plug it in"),
        ("/dev/video93", "camera /dev/video93 does not open: plug it in"),
        ("/dev/null", "camera /dev/null is there and does not open: end the program that has it"),
    ],
)
def test_a_camera_that_does_not_open_is_named(
    text: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """With what to do, and without what OpenCV would write."""
    with pytest.raises(SourceError, match=message):
        open_capture(parse_address(text))
    assert ("", "") == capfd.readouterr()


def test_a_network_camera_that_does_not_open_is_one_line_without_its_password() -> None:
    """In a process of its own, because FFmpeg reads how much to write when it is first used."""
    command = [sys.executable, "-m", "edgebreed", "stream", "--headless", "--json", "--source"]
    done = subprocess.run(
        [*command, "rtsp://u:s3cret@127.0.0.1:9/x"], capture_output=True, text=True, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    expected = "rtsp://127.0.0.1:9/x does not open: check the address, the login, and that the camera answers"
    assert f"edgebreed: {expected}\n" == done.stderr


def test_a_text_file_is_no_video(tmp_path: Path) -> None:
    """The message says what OpenCV reads."""
    (tmp_path / "v.mp4").write_text("hello")
    with pytest.raises(SourceError, match=r"v\.mp4 does not open as a video: give a file"):
        open_capture(parse_address(str(tmp_path / "v.mp4")))


@pytest.mark.parametrize("text", ["csi://0", "videotestsrc ! identity error-after=1 ! nosuchelement"])
def test_without_gstreamer_its_sources_say_what_is_missing(text: str) -> None:
    """Or, where OpenCV has it, how to find out more."""
    message = (
        "does not start: try it with gst-launch" if GSTREAMER else "needs GStreamer, which this OpenCV lacks"
    )
    with pytest.raises(SourceError, match=message):
        open_capture(parse_address(text))


def test_a_ribbon_cable_camera_becomes_jetpacks_pipeline() -> None:
    """With the mode that was asked for, and frames that do not queue."""
    address = Address("csi://1", AddressKind.CSI)
    pipeline = gstreamer_pipeline(address, CaptureOptions(fps=15, size=(640, 480)))
    assert pipeline.startswith(
        "nvarguscamerasrc sensor-id=1 ! video/x-raw(memory:NVMM), width=640, height=480"
    )
    assert "framerate=15/1" in pipeline
    assert pipeline.endswith("format=BGR ! appsink drop=true max-buffers=1 sync=false")


def test_a_pipeline_gets_the_end_that_opencv_needs() -> None:
    """Unless it has one."""
    whole = Address("videotestsrc ! appsink name=x", AddressKind.PIPELINE)
    assert whole.text == gstreamer_pipeline(whole, CaptureOptions())
    open_end = Address("v4l2src ! jpegdec", AddressKind.PIPELINE)
    assert "v4l2src ! jpegdec ! videoconvert ! " in gstreamer_pipeline(open_end, CaptureOptions())


def test_a_usb_camera_is_known_by_the_name_that_stays(tmp_path: Path) -> None:
    """Plugged in again it may be another number; the name leads there."""
    by_id, devices = tmp_path / "by-id", [tmp_path / f"video{number}" for number in (0, 2)]
    by_id.mkdir()
    for device in devices:
        device.touch()
    name = by_id / "usb-Maker_Cam-video-index0"
    name.symlink_to(devices[0])
    assert name == lasting_name(devices[0], by_id) == lasting_name(name, by_id)
    assert devices[1] == lasting_name(devices[1], by_id)
    name.unlink()
    name.symlink_to(devices[1])
    assert devices[1] == lasting_name(name, by_id).resolve()
