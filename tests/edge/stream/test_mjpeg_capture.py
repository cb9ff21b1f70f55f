"""Motion JPEG over HTTP from cameras that do not follow the rules."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import numpy as np
import pytest

from edgebreed.edge.stream.capture import Capture, CaptureOptions, ScriptedCapture
from edgebreed.edge.stream.mjpeg_capture import MjpegFallback, open_mjpeg
from edgebreed.edge.stream.opencv_capture import open_capture
from edgebreed.edge.stream.source_uri import parse_source

from ...conftest import RED, plain
from .http_camera import http_camera, jpeg, part, send, send_parts

PICTURES = [jpeg(number) for number in range(12)]
OPTIONS = CaptureOptions(read_timeout_s=2.0)


def greys(capture: Capture) -> list[int]:
    """The grey of each picture that comes, up to the end of the stream."""
    found = []
    while (frame := capture.read()[1]) is not None:
        found.append(int(np.median(frame)))
    capture.release()
    return found


@pytest.mark.parametrize(
    "wrong",
    [
        lambda picture: part(picture, len(picture) - 2),
        lambda picture: part(picture, len(picture) // 2),
        lambda picture: part(picture, len(picture) + 300),
        lambda picture: part(picture, 10**9),
        lambda picture: picture,
    ],
    ids=["two short", "half", "long", "huge", "no boundary"],
)
def test_a_camera_that_states_wrong_parts_is_read_by_its_pictures(wrong: Callable[[bytes], bytes]) -> None:
    """FFmpeg gives one picture, or none; here all come but those that it took."""
    parts = [wrong(picture) for picture in PICTURES]
    with http_camera(lambda camera: send_parts(camera, parts)) as address:
        capture = open_capture(parse_source(f"http://{address}/"), OPTIONS)
        found = greys(capture)
    assert ("MJPEG", [20 + 7 * number for number in range(12)]) == (capture.backend, found[-12:])


def test_a_stream_by_the_rules_stays_with_ffmpeg() -> None:
    """Also without lengths, or with parts that are no pictures."""
    for parts in (
        [part(picture, len(picture)) for picture in PICTURES],
        [part(picture, None) for picture in PICTURES],
        [part(b"hello" if number == 5 else picture, None) for number, picture in enumerate(PICTURES)],
    ):
        with http_camera(lambda camera, parts=parts: send_parts(camera, parts)) as address:  # type: ignore[misc]  # mypy takes the default for an argument
            capture = open_capture(parse_source(f"http://{address}/"), OPTIONS)
            assert ("FFMPEG", True) == (capture.backend, len(greys(capture)) >= 5)


def test_a_picture_that_is_cut_costs_no_other() -> None:
    """The next one begins where its own does; pictures are resized."""
    parts = [PICTURES[0], PICTURES[1][:200], PICTURES[2], b"\xff\xd8\xff", PICTURES[3]]
    with http_camera(lambda camera: send_parts(camera, parts)) as address:
        capture = open_mjpeg(f"http://{address}/", CaptureOptions(size=(32, 24)))
        assert capture is not None
        frames = [capture.read()[1] for _ in range(5)]
        capture.release()
    assert [20, None, 34, 41, None] == [None if frame is None else int(np.median(frame)) for frame in frames]
    assert {(24, 32, 3)} == {frame.shape for frame in frames if frame is not None}


def test_what_is_no_stream_of_pictures_is_not_read() -> None:
    """A page, an error, or nobody there."""

    def page(camera: BaseHTTPRequestHandler) -> None:
        send(camera, 200, {"Content-Type": "text/html"}, b"<html>")

    with http_camera(page) as address:
        assert open_mjpeg(f"http://{address}/", OPTIONS) is None
    assert open_mjpeg(f"http://{address}/", OPTIONS) is None


def test_a_camera_that_hangs_up_later_is_left_to_the_stream() -> None:
    """Which reopens it and counts that; only the first frames show that the demuxer cannot read it."""
    pictures = [part(picture, len(picture)) for picture in PICTURES]
    with http_camera(lambda camera: send_parts(camera, pictures)) as address:
        for frames, expected in ((3, 3), (1, 1 + 12)):
            script = ScriptedCapture([plain(RED)] * frames)
            capture = MjpegFallback(script, f"http://{address}/", OPTIONS)
            assert (expected, True) == (len(greys(capture)), script.released)
