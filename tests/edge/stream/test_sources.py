"""Sources that are never lost: memory, video files, images."""

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.stream.capture import CaptureOptions, ScriptedCapture
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.sources import ArraySource, ImageFolderSource, VideoFileSource
from edgebreed.errors import InputError

from ...conftest import BLUE, RED, plain


def write_video(path: Path, count: int) -> Path:
    """A video of grey frames that get lighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for number in range(count):
        writer.write(plain((number * 10,) * 3, 64, 48))
    writer.release()
    return path


def test_a_video_file_delivers_every_frame(tmp_path: Path) -> None:
    """In order, none dropped, with their times in the video."""
    source = open_source(str(write_video(tmp_path / "v.avi", 12)))
    frames = list(source.frames())
    source.close()
    greys = [int(np.median(captured.frame)) for captured in frames]
    assert (12, 25.0, False, "FFMPEG") == (len(greys), source.fps, source.live, source.backend)
    assert sorted(greys) == greys
    assert [0.0, 0.04, 0.08] == pytest.approx([captured.media_s for captured in frames[:3]])
    assert 12 == source.counters.counts.captured


def test_a_video_file_can_be_played_in_real_time() -> None:
    """Its frames then replace one another, as those of a camera."""
    source = VideoFileSource(ScriptedCapture([plain(RED)] * 6, 50.0), "v", realtime=True)
    start = time.monotonic()
    assert 6 == len(list(source.frames()))
    assert (True, True) == (source.live, time.monotonic() - start >= 0.1)


def test_a_lower_rate_is_applied_in_media_time() -> None:
    """Frames keep their times, and those that are left out are counted as dropped."""
    source = VideoFileSource(ScriptedCapture([plain(RED)] * 12, 30.0), "v", CaptureOptions(fps=10.0))
    times = [captured.media_s for captured in source.frames()]
    assert [0.0, 0.1, 0.2, 0.3] == pytest.approx(times, abs=1e-6)
    assert (10.0, 12, 8) == (source.fps, source.counters.counts.captured, source.counters.counts.dropped)


@pytest.mark.parametrize(
    ("reported", "requested", "fps"), [(30.0, 60.0, 30.0), (0.0, 5.0, 5.0), (0.0, None, 25.0)]
)
def test_a_video_file_has_the_rate_it_reports_or_the_requested_one(
    reported: float, requested: float | None, fps: float
) -> None:
    """No frame is dropped of a file that reports none."""
    source = VideoFileSource(ScriptedCapture([plain(RED)] * 4, reported), "v", CaptureOptions(fps=requested))
    assert (4, fps) == (len(list(source.frames())), source.fps)


def test_closing_ends_playback_and_releases_the_file() -> None:
    """From another thread, in the middle of a wait."""
    capture = ScriptedCapture([plain(RED)] * 6, 0.01)
    source = VideoFileSource(capture, "v", realtime=True)
    closing = threading.Timer(0.1, source.close)
    closing.start()
    assert 1 == len(list(source.frames()))
    closing.join()
    assert capture.released


def test_images_come_by_name_in_the_requested_size(tmp_path: Path) -> None:
    """One that does not decode is counted as failed and costs the others nothing."""
    for name, colour in (("b.png", BLUE), ("a.png", RED)):
        cv2.imwrite(str(tmp_path / name), plain(colour))
    (tmp_path / "aa.jpg").write_text("hello")
    source = ImageFolderSource(tmp_path, CaptureOptions(size=(20, 10)))
    frames = list(source.frames())
    assert [str(tmp_path / "a.png"), str(tmp_path / "b.png")] == [captured.name for captured in frames]
    assert {(10, 20, 3)} == {captured.frame.shape for captured in frames}
    assert (3, 1) == (source.counters.counts.captured, source.counters.counts.failed)


def test_images_are_played_at_the_requested_rate(tmp_path: Path) -> None:
    """Closing ends it."""
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), plain(RED))
    source, start = ImageFolderSource(tmp_path, CaptureOptions(fps=20.0)), time.monotonic()
    assert 3 == len(list(source.frames()))
    assert time.monotonic() - start >= 0.1
    source.close()
    assert [] == list(source.frames())


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """With the expected file names."""
    with pytest.raises(InputError, match="no photo in .*expected files named"):
        ImageFolderSource(tmp_path)


def test_frames_from_memory_have_a_clock_of_their_own_or_that_of_the_reader() -> None:
    """Their number over the frame rate, else the time at which they were read."""
    timed = [captured.media_s for captured in ArraySource([plain(RED)] * 3, fps=10.0).frames()]
    assert [0.0, 0.1, 0.2] == pytest.approx(timed)
    captured = next(ArraySource([plain(RED)]).frames())
    assert captured.media_s == captured.monotonic_s
