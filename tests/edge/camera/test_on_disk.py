"""Films and photos."""

import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgebreed.edge.camera.capture import CaptureOptions, ScriptedCapture
from edgebreed.edge.camera.on_disk import FilmSource, PhotoSource
from edgebreed.edge.camera.open import open_source
from edgebreed.errors import InputError

from ...conftest import BLUE, RED, plain


def write_video(path: Path, count: int) -> Path:
    """A video of grey frames that get lighter."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 48))
    for number in range(count):
        writer.write(plain((number * 10,) * 3, 64, 48))
    writer.release()
    return path


def test_a_film_gives_every_frame(tmp_path: Path) -> None:
    """In order, none dropped, on the film's own clock."""
    source = open_source(str(write_video(tmp_path / "v.avi", 12)))
    frames = list(source.frames())
    source.close()
    greys = [int(np.median(captured.frame)) for captured in frames]
    assert (12, 25.0, False, "FFMPEG") == (len(greys), source.fps, source.live, source.backend)
    assert sorted(greys) == greys
    assert [0.0, 0.04, 0.08] == pytest.approx([captured.clock for captured in frames[:3]])
    assert 12 == source.tally.counts.captured


def test_in_real_time_frames_come_at_the_films_pace() -> None:
    """And a newer one replaces one that waits."""
    source = FilmSource(ScriptedCapture([plain(RED)] * 6, 50.0), "v", realtime=True)
    start = time.monotonic()
    assert 6 == len(list(source.frames()))
    assert (True, True) == (source.live, time.monotonic() - start >= 0.1)


def test_a_film_is_thinned_by_its_own_clock() -> None:
    """Its frames stay where they were, and what is left out is counted as dropped."""
    source = FilmSource(ScriptedCapture([plain(RED)] * 12, 30.0), "v", CaptureOptions(fps=10.0))
    clocks = [captured.clock for captured in source.frames()]
    assert [0.0, 0.1, 0.2, 0.3] == pytest.approx(clocks, abs=1e-6)
    assert (10.0, 12, 8) == (source.fps, source.tally.counts.captured, source.tally.counts.dropped)


@pytest.mark.parametrize(("told", "asked", "fps"), [(30.0, 60.0, 30.0), (0.0, 5.0, 5.0), (0.0, None, 25.0)])
def test_a_film_has_the_rate_it_tells_or_the_one_asked_for(
    told: float, asked: float | None, fps: float
) -> None:
    """No frame is left out of a film that tells none."""
    source = FilmSource(ScriptedCapture([plain(RED)] * 4, told), "v", CaptureOptions(fps=asked))
    assert (4, fps) == (len(list(source.frames())), source.fps)


def test_closing_ends_a_film_and_its_file() -> None:
    """From another thread, in the middle of a wait."""
    capture = ScriptedCapture([plain(RED)] * 6, 0.01)
    source = FilmSource(capture, "v", realtime=True)
    closing = threading.Timer(0.1, source.close)
    closing.start()
    assert 1 == len(list(source.frames()))
    closing.join()
    assert capture.released


def test_photos_come_by_name_in_the_size_that_was_asked_for(tmp_path: Path) -> None:
    """One that does not decode is counted as failed and costs the others nothing."""
    for name, colour in (("b.png", BLUE), ("a.png", RED)):
        cv2.imwrite(str(tmp_path / name), plain(colour))
    (tmp_path / "aa.jpg").write_text("hello")
    source = PhotoSource(tmp_path, CaptureOptions(size=(20, 10)))
    frames = list(source.frames())
    assert [str(tmp_path / "a.png"), str(tmp_path / "b.png")] == [captured.name for captured in frames]
    assert {(10, 20, 3)} == {captured.frame.shape for captured in frames}
    assert (3, 1) == (source.tally.counts.captured, source.tally.counts.failed)


def test_photos_are_shown_at_a_rate_where_one_is_given(tmp_path: Path) -> None:
    """And closing ends the show."""
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), plain(RED))
    source, start = PhotoSource(tmp_path, CaptureOptions(fps=20.0)), time.monotonic()
    assert 3 == len(list(source.frames()))
    assert time.monotonic() - start >= 0.1
    source.close()
    assert [] == list(source.frames())


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """With what was expected."""
    with pytest.raises(InputError, match="no photo in .*expected files named"):
        PhotoSource(tmp_path)
