"""Reading in a thread of its own."""

import time
from collections.abc import Iterable

from edgebreed.edge.camera.capture import ScriptedCapture
from edgebreed.edge.camera.events import Counts
from edgebreed.edge.camera.genuine import PictureCheck
from edgebreed.edge.camera.reader import Reader, Reading
from edgebreed.edge.camera.tally import Tally
from edgebreed.edge.images import Frame

from ...conftest import BLUE, GREEN, RED, plain

BLACK = plain((0, 0, 0))


def read(
    script: Iterable[Frame | float | Exception | None], fps: float | None = None
) -> tuple[Reader, Counts]:
    """A reader that came to its script's end, and the counts."""
    reading = Reading("cam", Tally(), PictureCheck(), fps)
    reader = Reader(ScriptedCapture(script), reading)
    reader.join(5)
    return reader, reading.tally.counts


def test_the_newest_picture_is_kept_and_the_rest_is_dropped() -> None:
    """Frames that came while nobody looked do not queue; the reads after the last fail."""
    reader, counts = read([plain(RED), plain(GREEN), plain(BLUE)])
    captured = reader.next(0)
    assert captured is not None
    assert (2, "cam#2", [*BLUE]) == (captured.number, captured.name, captured.frame[0, 0].tolist())
    assert Counts(captured=6, dropped=2, failed=3) == counts
    assert "3 reads failed" == reader.why(1)


def test_what_is_no_picture_is_counted_and_never_handed_out() -> None:
    """A failed read, filler after it, an error of the driver."""
    reader, counts = read([plain(RED), None, BLACK, BLACK, RuntimeError("ioctl"), BLACK])
    captured = reader.next(0)
    assert captured is not None
    assert 0 == captured.number
    assert (1, 8) == (counts.captured - counts.failed, counts.failed)


def test_a_driver_that_raises_is_a_broken_capture() -> None:
    """Its kind of error is told, not its words: they may hold the address."""
    reader, _ = read([RuntimeError("rtsp://u:s3cret@cam")] * 3)
    assert "reading failed with RuntimeError" == reader.why(1)


def test_frames_faster_than_asked_for_are_dropped() -> None:
    """One a minute: the first."""
    reader, counts = read([plain((level,) * 3) for level in (1, 2, 3, 4)], fps=1 / 60)
    captured = reader.next(0)
    assert captured is not None
    assert (0, 3) == (captured.number, counts.dropped)


def test_a_reader_that_is_left_behind_counts_no_more_and_gives_the_device_back() -> None:
    """Once its read returns."""
    capture = ScriptedCapture([plain(RED), 1.5, plain(GREEN)])
    reading = Reading("cam", Tally(), PictureCheck())
    reader = Reader(capture, reading)
    assert reader.next(2) is not None
    start = time.monotonic()
    reader.abandon()
    assert reader.next(5) is None
    assert time.monotonic() - start < 1.2
    reader.join(5)
    assert (Counts(captured=1), True) == (reading.tally.counts, capture.released)
