"""Which frames are answered."""

import numpy as np
import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.counters import DropCause
from edgebreed.edge.stream.frame_gate import FrameGate, MotionDetector, Region, cut
from edgebreed.edge.stream.sources import CapturedFrame

RNG = np.random.default_rng(0)


def noisy(light: int = 90, square: int | None = None) -> Frame:
    """A grey scene with a sensor's noise, and perhaps a bright square at a place in px."""
    frame = np.full((240, 320, 3), light, np.float32) + RNG.normal(0, 4, (240, 320, 3))
    if square is not None:
        frame[100:140, square : square + 40] = 230
    return np.clip(frame, 0, 255).astype(np.uint8)


def captured(frame: Frame, time_s: float = 0.0) -> CapturedFrame:
    """A frame of this time."""
    return CapturedFrame(frame, time_s, 0, time_s, "camera#0")


def test_noise_and_light_are_no_motion() -> None:
    """A lamp that is switched on changes every pixel alike."""
    detector = MotionDetector(0.01)
    assert detector.sees_motion(noisy())
    assert not any(detector.sees_motion(noisy()) for _ in range(30))
    assert not detector.sees_motion(noisy(150))


def test_something_that_moves_is_motion() -> None:
    """A square of 40 px that comes, goes on, and stays until it is part of the scene."""
    detector = MotionDetector(0.01)
    detector.sees_motion(noisy())
    assert all(detector.sees_motion(noisy(square=place)) for place in (20, 60, 100))
    assert not [detector.sees_motion(noisy(square=100)) for _ in range(60)][-1]


def test_a_camera_of_another_size_begins_anew() -> None:
    """As it may after an outage."""
    detector = MotionDetector(0.01)
    detector.sees_motion(noisy())
    assert detector.sees_motion(np.ascontiguousarray(noisy()[:120]))


def test_without_motion_a_frame_passes_now_and_then() -> None:
    """So that nobody takes an hour-old answer for a new one."""
    gate = FrameGate(motion=0.01, idle_s=2.0)
    passed = [second for second in range(9) if gate.refuses(captured(noisy(), second)) is None]
    assert [0, 2, 4, 6, 8] == passed
    assert DropCause.GATED is gate.refuses(captured(noisy(), 8.5))


def test_frames_pass_in_a_rhythm() -> None:
    """Of ten a second, one in half a second on average; a quarter of that is allowed as jitter."""
    gate = FrameGate(every_s=0.5)
    causes = [gate.refuses(captured(noisy(), number * 0.1 + 0.001)) for number in range(20)]
    assert [0, 4, 9, 14, 19] == [number for number, cause in enumerate(causes) if cause is None]
    assert {None, DropCause.PAUSED} == {*causes}


def test_without_settings_all_pass() -> None:
    """Also two at one moment."""
    gate = FrameGate()
    assert [None] * 3 == [gate.refuses(captured(noisy(), 1.0)) for _ in range(3)]


@pytest.mark.parametrize(
    ("region", "shape", "first"),
    [
        (None, (40, 80, 3), 0),
        ((0.5, 0.0, 0.5, 1.0), (40, 40, 3), 40),
        ((0.25, 0.25, 0.5, 0.5), (20, 40, 3), 20),
        ((0.0, 0.0, 0.001, 0.001), (1, 1, 3), 0),
    ],
)
def test_a_region_is_cut_out(region: Region | None, shape: tuple[int, ...], first: int) -> None:
    """By shares of the sides; all else of the frame stays."""
    frame = np.broadcast_to(np.arange(80, dtype=np.uint8)[None, :, None], (40, 80, 3))
    part = cut(captured(np.ascontiguousarray(frame), 7.0), region)
    assert (shape, first, 7.0) == (part.frame.shape, part.frame[0, 0, 0], part.media_s)
