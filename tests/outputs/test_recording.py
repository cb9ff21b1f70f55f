"""The annotated video."""

from pathlib import Path

import cv2
import pytest

from edgebreed.edge.images import Frame
from edgebreed.edge.stream.counters import FrameCounts
from edgebreed.edge.stream.events import FrameResult
from edgebreed.errors import InputError
from edgebreed.outputs.recording import RecordingSink

from ..conftest import RED, plain
from ..live.feed import result


def captured(at: float, frame: Frame | None = None) -> FrameResult:
    """A frame that was captured at a Unix time in s."""
    picture = plain(RED, 64, 48) if frame is None else frame
    return FrameResult(picture, result(), 0, at, at, 5.0, FrameCounts(1, 1))


def video_size(path: Path) -> tuple[int, int, int]:
    """Frames, width and height of a video."""
    video = cv2.VideoCapture(str(path))
    keys = (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    numbers = tuple(round(video.get(key)) for key in keys)
    video.release()
    return numbers  # type: ignore[return-value]  # three of them


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_a_video_file_is_recorded_frame_by_frame(tmp_path: Path, name: str) -> None:
    """However long each took, with the summary in a bar below."""
    sink = RecordingSink(tmp_path / name, 25.0, timed=False, overwrite=False)
    for at in (100.0, 100.001, 109.0):
        sink.on_result(captured(at))
    sink.close()
    assert (3, 64, 72) == video_size(tmp_path / name)


def test_a_camera_is_recorded_in_real_time(tmp_path: Path) -> None:
    """Frames are repeated in place of dropped ones; a long gap is shortened to two seconds."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False)
    for at in (100.0, 100.5, 100.52, 160.0):
        sink.on_result(captured(at))
    sink.close()
    assert 1 + 5 + 0 + 20 == pytest.approx(video_size(tmp_path / "r.avi")[0], abs=1)


def test_a_clock_that_is_set_back_costs_no_frames(tmp_path: Path) -> None:
    """As on a device without a clock battery, when it gets the time from the network."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False)
    for at in (700.0, 100.0, 100.1, 100.2):
        sink.on_result(captured(at))
    sink.close()
    assert 3 == pytest.approx(video_size(tmp_path / "r.avi")[0], abs=1)


def test_a_low_frame_rate_is_no_gap(tmp_path: Path) -> None:
    """One frame every four seconds is recorded as such."""
    sink = RecordingSink(tmp_path / "r.avi", 0.25, timed=True, overwrite=False)
    for number in range(5):
        sink.on_result(captured(100.0 + 4 * number))
    sink.close()
    assert 5 == video_size(tmp_path / "r.avi")[0]


def test_frames_of_another_resolution_are_resized(tmp_path: Path) -> None:
    """A video has one size."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, timed=False, overwrite=False)
    sink.on_result(captured(1.0))
    sink.on_result(captured(2.0, plain(RED, 320, 240)))
    sink.close()
    assert (2, 64, 72) == video_size(tmp_path / "r.avi")


def test_a_stream_without_results_leaves_no_file(tmp_path: Path) -> None:
    """An empty video is not valid."""
    RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False).close()
    assert [] == list(tmp_path.iterdir())


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """Unless it may be replaced."""
    (tmp_path / "r.avi").write_text("mine")
    with pytest.raises(InputError, match="r.avi exists: pass --overwrite or another name"):
        RecordingSink(tmp_path / "r.avi", 10.0, timed=True, overwrite=False)
    assert "mine" == (tmp_path / "r.avi").read_text()
