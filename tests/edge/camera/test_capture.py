"""What a capture is asked for and what it plays."""

import pytest

from edgebreed.edge.camera.capture import CaptureOptions, ScriptedCapture, fitted
from edgebreed.errors import SourceError

from ...conftest import RED, plain


def test_a_script_is_played_to_its_end() -> None:
    """Frames, failed reads and errors; after it, every read fails."""
    capture = ScriptedCapture([plain(RED), 0.0, None, RuntimeError("cable")])
    assert capture.read()[0]
    assert (False, None) == capture.read()
    with pytest.raises(RuntimeError, match="cable"):
        capture.read()
    assert (False, None) == capture.read() == capture.read()


def test_frames_are_scaled_to_the_size_that_was_asked_for() -> None:
    """Others are passed through as they are."""
    frame = plain(RED, 40, 30)
    assert (10, 20, 3) == fitted(frame, (20, 10)).shape
    assert frame is fitted(frame, None) is fitted(frame, (40, 30))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fps": -1.0}, "-1.0 frames per second.*above 0"),
        ({"size": (0, 9)}, r"of \(0, 9\) px: both must be above 0"),
        ({"read_timeout_s": 0.0}, "time-outs of 10.0 and 0.0 s: both must be above 0"),
    ],
)
def test_what_no_source_can_do_is_refused(wrong: dict[str, float], message: str) -> None:
    """With the value."""
    with pytest.raises(SourceError, match=message):
        CaptureOptions(**wrong)  # type: ignore[arg-type]  # one of several types, by name
