"""Formats of frames from GStreamer."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.pixel_format import stated_format, to_bgr
from edgebreed.errors import SourceError

from ...conftest import BLUE, GREEN, RED

U8 = NDArray[np.uint8]


def picture() -> Frame:
    """Stripes of blue, green and red, and a grey one."""
    frame = np.full((48, 64, 3), 128, np.uint8)
    for number, colour in enumerate((BLUE, GREEN, RED)):
        frame[12 * number : 12 * number + 12] = colour
    return frame


def planes(frame: Frame) -> tuple[U8, U8, U8]:
    """The grey picture and both colours at half its resolution."""
    i420 = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420), np.uint8).reshape(-1)
    area, quarter = frame.shape[0] * frame.shape[1], frame.shape[0] * frame.shape[1] // 4
    return i420[:area], i420[area : area + quarter], i420[area + quarter :]


def in_planes(name: str) -> U8:
    """The picture as GStreamer lays it out in planes."""
    grey, u, v = planes(picture())
    colours = {
        "I420": [u, v],
        "YV12": [v, u],
        "NV12": [np.stack([u, v], 1).reshape(-1)],
        "NV21": [np.stack([v, u], 1).reshape(-1)],
    }
    return np.concatenate([grey, *colours[name]]).reshape(72, 64)


def packed(name: str) -> U8:
    """The picture with two bytes a pixel: its grey, and one of its colours in turn."""
    grey, u, v = (
        plane.reshape(-1, width) for plane, width in zip(planes(picture()), (64, 32, 32), strict=True)
    )
    u, v = (colour.repeat(2, 0) for colour in (u, v))
    first, second = (v, u) if name == "YVYU" else (u, v)
    colour = np.stack([first, second], 2).reshape(48, 64)
    return np.stack([colour, grey] if name == "UYVY" else [grey, colour], 2)


@pytest.mark.parametrize("name", ["NV12", "NV21", "I420", "YV12"])
def test_planes_become_bgr(name: str) -> None:
    """By the order of their colours; the height tells them from a grey picture."""
    difference = np.abs(to_bgr(in_planes(name), name, 48).astype(int) - picture())
    assert ((48, 64, 3), True) == (difference.shape, difference.max() <= 3)


@pytest.mark.parametrize("name", ["YUY2", "YVYU", "UYVY"])
def test_two_bytes_a_pixel_become_bgr(name: str) -> None:
    """By the order of their bytes."""
    assert np.abs(to_bgr(packed(name), name, 48).astype(int) - picture()).max() <= 3


@pytest.mark.parametrize("name", ["BGRx", "BGRA", "RGBx", "RGBA"])
def test_four_bytes_a_pixel_become_bgr(name: str) -> None:
    """Whatever the fourth is."""
    frame = cv2.cvtColor(picture(), cv2.COLOR_BGR2BGRA if name.startswith("B") else cv2.COLOR_BGR2RGBA)
    frame[..., 3] = 7
    assert np.array_equal(picture(), to_bgr(frame, name, 48))


def test_grey_becomes_bgr() -> None:
    """Three equal channels."""
    grey = cv2.cvtColor(picture(), cv2.COLOR_BGR2GRAY)
    assert np.array_equal(np.stack([grey] * 3, 2), to_bgr(grey, "GRAY8", 48))


def test_bgr_is_returned_as_it_is() -> None:
    """No copy is made, whatever is stated."""
    frame = picture()
    assert frame is to_bgr(frame, "", 48) is to_bgr(frame, "NV12", 0)


@pytest.mark.parametrize(
    ("frame", "stated", "height"),
    [
        (np.zeros((48, 64), np.uint8), "", 48),
        (np.zeros((72, 64), np.uint8), "GRAY8", 48),
        (np.zeros((48, 64), np.uint8), "NV12", 48),
        (np.zeros((73, 65), np.uint8), "NV12", 49),
        (np.zeros((48, 65, 2), np.uint8), "YUY2", 48),
        (np.zeros((48, 64, 4), np.uint8), "", 48),
        (np.zeros((48, 64, 4), np.uint8), "NV12", 48),
        (np.zeros((1, 1830), np.uint8), "", 48),
        (np.zeros((48, 64), np.uint16), "GRAY16_LE", 48),
        (np.zeros((48, 64, 3), np.uint16), "", 48),
        (np.zeros((48, 64), np.uint8), "P010", 48),
    ],
)
def test_any_other_frame_is_refused(frame: NDArray[np.uint8], stated: str, height: int) -> None:
    """It would be shown wrongly; the message says how to end the pipeline."""
    form = "x".join(map(str, frame.shape))
    message = f"frames of {form} {frame.dtype} in {stated or 'no stated'} format: end it with videoconvert ! "
    with pytest.raises(SourceError, match=message):
        to_bgr(frame, stated, height)


@pytest.mark.parametrize(
    ("pipeline", "stated"),
    [
        ("v4l2src ! video/x-raw, format=NV12, width=64 ! appsink drop=true", "NV12"),
        ("v4l2src ! video/x-raw,width=64,format=(string)GRAY8 ! queue ! identity name=x ! appsink", "GRAY8"),
        ("nvvidconv ! video/x-raw(memory:SystemMemory), format=BGRx ! appsink", "BGRx"),
        ('v4l2src ! appsink caps="video/x-raw,format=I420"', "I420"),
        ("v4l2src ! video/x-raw,format=NV12 ! videoconvert ! appsink", ""),
        ("v4l2src ! video/x-raw,width=64 ! appsink", ""),
        ("v4l2src ! video/x-bayer,format=rggb ! appsink", ""),
        ("v4l2src ! image/jpeg ! appsink", ""),
        ("v4l2src ! queue ! appsink", ""),
        ("appsink", ""),
    ],
)
def test_the_format_is_what_the_last_caps_state(pipeline: str, stated: str) -> None:
    """Unless an element behind them may change it."""
    assert stated == stated_format(pipeline)
