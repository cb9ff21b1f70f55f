"""Capture options, the scripted capture, and resizing."""

import pytest

from edgebreed.edge.stream.capture import CaptureOptions, ScriptedCapture, resize_frame
from edgebreed.errors import SourceError

from ...conftest import RED, plain


def test_a_script_is_played_to_its_end() -> None:
    """Frames, failed reads and exceptions; after the last entry every read fails."""
    capture = ScriptedCapture([plain(RED), 0.0, None, RuntimeError("cable")])
    assert capture.read()[0]
    assert (False, None) == capture.read()
    with pytest.raises(RuntimeError, match="cable"):
        capture.read()
    assert (False, None) == capture.read() == capture.read()


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
