"""Sources that are never lost: memory and images."""

import time
from pathlib import Path

import cv2
import pytest

from edgebreed.edge.stream.capture import CaptureOptions
from edgebreed.edge.stream.sources import ArraySource, ImageFolderSource
from edgebreed.errors import InputError

from ...conftest import BLUE, RED, plain


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


def test_images_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """As the frames of a video that were saved without leading zeros."""
    for number in (10, 2, 1, 100, 20):
        cv2.imwrite(str(tmp_path / f"frame{number}.png"), plain(RED))
    names = [Path(captured.name).stem for captured in ImageFolderSource(tmp_path).frames()]
    assert [f"frame{number}" for number in (1, 2, 10, 20, 100)] == names


def test_images_are_played_at_the_requested_rate(tmp_path: Path) -> None:
    """Closing ends it."""
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), plain(RED))
    source, start = ImageFolderSource(tmp_path, CaptureOptions(fps=20.0)), time.monotonic()
    assert 3 == len(list(source.frames()))
    assert time.monotonic() - start >= 0.1
    source.close()
    assert [] == list(source.frames())


@pytest.mark.parametrize(("fps", "times_s"), [(None, [0.0, 0.04, 0.08]), (2000.0, [0.0, 0.0005, 0.001])])
def test_the_times_of_images_follow_their_rate(
    fps: float | None, times_s: list[float], tmp_path: Path
) -> None:
    """25 a second without one; and nothing is averaged over two."""
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), plain(RED))
    images = list(ImageFolderSource(tmp_path, CaptureOptions(fps=fps)).frames())
    assert times_s == pytest.approx([captured.media_s for captured in images])
    assert all(captured.separate for captured in images)


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
