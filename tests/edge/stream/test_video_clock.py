"""The clock of a video file."""

from math import nan

import pytest

from edgebreed.edge.stream.video_clock import VideoClock, sane_fps


def times(*stamps_s: float, fps: float = 10.0) -> list[float]:
    """The media times of frames with these time stamps, in s."""
    clock = VideoClock(fps)
    return [round(clock.advance(stamp_s), 6) for stamp_s in stamps_s]


@pytest.mark.parametrize(
    ("stamps_s", "expected"),
    [
        ((0.0, 0.2, 0.25, 5.0), [0.0, 0.2, 0.25, 5.0]),
        ((50.0, 50.2, 50.4), [0.0, 0.2, 0.4]),
        ((0.0, 0.0, 0.0, 0.0), [0.0, 0.1, 0.2, 0.3]),
        ((0.0, 0.2, 0.4, 0.0, 0.2), [0.0, 0.2, 0.4, 0.5, 0.7]),
        ((3.0, 3.2, 0.0, 3.6, 3.8), [0.0, 0.2, 0.3, 0.6, 0.8]),
        ((0.0, 0.2, 95_443.7, 0.6), [0.0, 0.2, 0.3, 0.6]),
        ((0.0, 0.00001, 0.00002), [0.0, 0.1, 0.2]),
        ((0.0, nan, 0.2), [0.0, 0.1, 0.2]),
    ],
    ids=["own", "offset", "none", "joined", "one lost", "one wrapped", "too fine", "not a number"],
)
def test_time_stamps_are_taken_where_they_can_be(stamps_s: tuple[float, ...], expected: list[float]) -> None:
    """In place of any other one the clock advances by the frame interval."""
    assert expected == times(*stamps_s)


def test_the_end_is_that_of_the_last_frame() -> None:
    """0 before the first one."""
    clock = VideoClock(4.0)
    assert 0.0 == clock.end_s
    clock.advance(7.0)
    clock.advance(8.0)
    assert 1.25 == clock.end_s


def test_the_unit_of_time_stamps_is_no_frame_rate() -> None:
    """Nor is what is below 0, or no number."""
    assert [0, 25.0, 480.0, 0, 0, 0, 0] == [
        sane_fps(fps) for fps in (0, 25.0, 480.0, 1000.0, 90_000.0, -1.0, nan)
    ]
