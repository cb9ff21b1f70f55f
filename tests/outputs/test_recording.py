"""The annotated video."""

import stat
from pathlib import Path

import av
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


def video_size(path: Path) -> tuple[int, int]:
    """Width and height of a video."""
    with av.open(path) as video:
        return video.streams.video[0].width, video.streams.video[0].height


def frame_times(path: Path) -> list[float]:
    """When each frame of a video is shown, in s."""
    with av.open(path) as video:
        times = [frame.time for frame in video.decode(video=0)]
    return [time_s for time_s in times if time_s is not None]


@pytest.mark.parametrize("name", ["r.mp4", "r.avi"])
def test_a_recording_plays_at_the_times_of_its_source(tmp_path: Path, name: str) -> None:
    """However irregular they are, with the summary in a bar below; an .avi rounds them to its frame rate."""
    sink = RecordingSink(tmp_path / name, 25.0, live=False, overwrite=False)
    times = (100.0, 100.041, 100.5, 105.0)
    for at in times:
        sink.on_result(captured(at))
    sink.close()
    assert [at - 100 for at in times] == pytest.approx(frame_times(tmp_path / name), abs=0.021)
    assert (64, 72) == video_size(tmp_path / name)


def test_an_outage_of_a_camera_is_shortened_to_two_seconds(tmp_path: Path) -> None:
    """Hours without a camera would be hours of one picture."""
    sink = RecordingSink(tmp_path / "r.mp4", 10.0, live=True, overwrite=False)
    for at in (100.0, 100.5, 160.0, 160.1):
        sink.on_result(captured(at))
    sink.close()
    assert [0.0, 0.5, 2.5, 2.6] == pytest.approx(frame_times(tmp_path / "r.mp4"))


def test_a_leap_in_a_files_times_is_a_frame_interval(tmp_path: Path) -> None:
    """Nobody watches an hour of one picture."""
    sink = RecordingSink(tmp_path / "r.mp4", 5.0, live=False, overwrite=False)
    for number in range(3):
        sink.on_result(captured(3600.0 * number))
    sink.close()
    assert [0.0, 0.2, 0.4] == pytest.approx(frame_times(tmp_path / "r.mp4"))


def test_a_low_frame_rate_is_no_outage(tmp_path: Path) -> None:
    """One frame every four seconds is recorded as such."""
    sink = RecordingSink(tmp_path / "r.mp4", 0.25, live=True, overwrite=False)
    for number in range(5):
        sink.on_result(captured(100.0 + 4 * number))
    sink.close()
    assert [0.0, 4.0, 8.0, 12.0, 16.0] == frame_times(tmp_path / "r.mp4")


def test_two_frames_of_one_moment_are_one(tmp_path: Path) -> None:
    """A video cannot hold both; a clock that goes back stands still."""
    sink = RecordingSink(tmp_path / "r.mp4", 10.0, live=True, overwrite=False)
    for at in (100.0, 100.0, 99.0, 99.5):
        sink.on_result(captured(at))
    sink.close()
    assert [0.0, 0.5] == frame_times(tmp_path / "r.mp4")


def test_frames_of_another_resolution_are_resized(tmp_path: Path) -> None:
    """A video has one size."""
    sink = RecordingSink(tmp_path / "r.avi", 10.0, live=False, overwrite=False)
    sink.on_result(captured(1.0))
    sink.on_result(captured(2.0, plain(RED, 320, 240)))
    sink.close()
    assert (2, (64, 72)) == (len(frame_times(tmp_path / "r.avi")), video_size(tmp_path / "r.avi"))
    assert 0o600 == stat.S_IMODE((tmp_path / "r.avi").stat().st_mode)


def test_a_stream_without_results_leaves_no_file(tmp_path: Path) -> None:
    """An empty video is not valid."""
    RecordingSink(tmp_path / "r.avi", 10.0, live=True, overwrite=False).close()
    assert [] == list(tmp_path.iterdir())


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    """Unless it may be replaced."""
    (tmp_path / "r.avi").write_text("mine")
    with pytest.raises(InputError, match="r.avi exists: pass --overwrite or another name"):
        RecordingSink(tmp_path / "r.avi", 10.0, live=True, overwrite=False)
    assert "mine" == (tmp_path / "r.avi").read_text()
