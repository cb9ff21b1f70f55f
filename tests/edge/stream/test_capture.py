"""Capture options, the scripted capture, and resizing."""

import pytest

from edgebreed.edge.stream.capture import CaptureOptions, ScriptedCapture, release_with_timeout, resize_frame
from edgebreed.errors import SourceError

from ...conftest import RED, plain
from .captures import HangingRelease, wait_for


def test_a_script_is_played_to_its_end() -> None:
    """Frames, failed reads and exceptions; after the last entry every read fails."""
    capture = ScriptedCapture([plain(RED), 0.0, None, RuntimeError("cable")])
    assert capture.read()[0]
    assert (False, None) == capture.read()
    with pytest.raises(RuntimeError, match="cable"):
        capture.read()
    assert (False, None) == capture.read() == capture.read()


def test_a_release_that_hangs_is_left_behind() -> None:
    """It goes on in the background; one that raises has nothing left to close."""
    capture = HangingRelease()
    release_with_timeout(capture, 0.05)
    assert not capture.released
    capture.freed.set()
    wait_for(lambda: capture.released)

    class Unplugged(ScriptedCapture):
        """A capture whose device is gone."""

        def release(self) -> None:
            """Fails."""
            raise OSError("no such device")

    release_with_timeout(Unplugged([]))


def test_frames_are_resized_to_the_requested_size() -> None:
    """A frame of that size already, or without a request, is returned as it is."""
    frame = plain(RED, 40, 30)
    assert (10, 20, 3) == resize_frame(frame, (20, 10)).shape
    assert frame is resize_frame(frame, None) is resize_frame(frame, (40, 30))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fps": -1.0}, "-1.0 frames per second.*above 0"),
        ({"size": (0, 9)}, r"of \(0, 9\) px: both must be above 0"),
        ({"read_timeout_s": 0.0}, "timeouts of 10.0 and 0.0 s: both must be above 0"),
    ],
)
def test_invalid_options_are_refused(wrong: dict[str, float], message: str) -> None:
    """The message holds the value."""
    with pytest.raises(SourceError, match=message):
        CaptureOptions(**wrong)  # type: ignore[arg-type]  # one of several types, by name
