"""Turns the time stamps of a video file into a clock that always advances."""

DEFAULT_FPS = 25.0  # of a video file that reports no frame rate, or an impossible one
MAX_STEP_S = 600.0  # between frames; a longer step is a damaged time stamp
_MIN_STEP_S = 0.0005  # a Matroska file rounds its time stamps to 1 ms
_MAX_FPS = 500.0  # a higher rate is the unit of the time stamps: browsers leave 1000, MPEG's clock 90,000


def sane_fps(fps: float) -> float:
    """A reported frame rate, or 0 if no camera delivers it."""
    return fps if 0 < fps <= _MAX_FPS else 0.0


class VideoClock:
    """Media times from time stamps, which may be missing, repeated, damaged or start anew.

    A time stamp that advances by 0.5 ms to 10 minutes is taken as it is. In place of any other one the clock
    advances by the frame interval; a file that was joined from several, whose time stamps start anew, then
    goes on from there.

    Args:
        fps: frames per second, in place of time stamps that cannot be used.

    Attributes:
        interval_s: the frame interval of that rate, in s.
    """

    def __init__(self, fps: float) -> None:
        self.interval_s = 1 / fps
        self._now_s: float | None = None
        self._offset_s = self._restarted_s = 0.0

    def advance(self, stamp_s: float) -> float:
        """The media time of the next frame, in s from the first frame, given its time stamp in s."""
        self._now_s = self._first(stamp_s) if self._now_s is None else self._next(stamp_s, self._now_s)
        return self._now_s

    @property
    def end_s(self) -> float:
        """Where the last frame ends, in s."""
        return 0.0 if self._now_s is None else self._now_s + self.interval_s

    def _first(self, stamp_s: float) -> float:
        self._offset_s = self._restarted_s = -stamp_s
        return 0.0

    def _next(self, stamp_s: float, now_s: float) -> float:
        for offset_s in (self._offset_s, self._restarted_s):
            if _MIN_STEP_S <= stamp_s + offset_s - now_s <= MAX_STEP_S:
                self._offset_s = offset_s
                return stamp_s + offset_s
        expected_s = now_s + self.interval_s
        self._restarted_s = expected_s - stamp_s
        return expected_s
