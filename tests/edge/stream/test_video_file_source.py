"""Video files, whole, damaged and cut."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edgebreed.edge.stream.capture import CaptureOptions, ScriptedCapture
from edgebreed.edge.stream.open_source import open_source
from edgebreed.edge.stream.video_file_source import VideoFileSource
from edgebreed.errors import SourceError

from ...conftest import RED, SHARED, plain
from .videos import FPS, cut, damage, write_noise_video, write_timed_video, write_video

IRREGULAR_MS = (0, 206, 371, 511, 600, 641, 870, 1100, 1300, 1500)


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


def media_times(source: VideoFileSource) -> list[float]:
    """The media times of all frames of a source, in s; it is closed."""
    times = [captured.media_s for captured in source.frames()]
    source.close()
    return times


def opened(path: Path, options: CaptureOptions | None = None, realtime: bool = False) -> VideoFileSource:
    """A video file as `--source` opens it."""
    source = open_source(str(path), options, realtime=realtime)
    assert isinstance(source, VideoFileSource)
    return source


@pytest.mark.parametrize(("name", "rate"), [("v.webm", 1000), ("v.mkv", 90_000), ("v.mp4", 1000)])
def test_the_clock_is_the_files_own_time_stamps(tmp_path: Path, name: str, rate: int) -> None:
    """Whatever frame rate the file claims: a browser leaves none, of which FFmpeg makes 1000."""
    source = opened(write_timed_video(tmp_path / name, IRREGULAR_MS, rate))
    times = media_times(source)
    assert [time_ms / 1e3 for time_ms in IRREGULAR_MS[: len(times)]] == pytest.approx(times, abs=1e-3)
    assert len(times) >= len(IRREGULAR_MS) - 1  # an encoder without a delay would not lose the last one
    assert (source.fps < 30, None) == (True, source.counters.incomplete)


def test_a_lower_rate_holds_without_a_frame_rate(tmp_path: Path) -> None:
    """Two frames a second by the time stamps; by frame number over 1000 a second it would be one in all."""
    source = opened(write_timed_video(tmp_path / "v.webm", IRREGULAR_MS), CaptureOptions(fps=2.0))
    assert [0.0, 0.511, 1.1, 1.5] == pytest.approx(media_times(source))


def test_time_stamps_that_stand_still_give_way_to_25_frames_a_second(tmp_path: Path) -> None:
    """As in a file whose frame rate is finer than its time stamps."""
    source = opened(write_video(tmp_path / "v.mkv", 4, 90_000.0))
    assert [0.0, 0.04, 0.08, 0.12] == pytest.approx(media_times(source))


def test_playback_follows_the_time_stamps(tmp_path: Path) -> None:
    """It is not over at once, as it would be at 1000 frames a second."""
    start = time.monotonic()
    media_times(opened(write_timed_video(tmp_path / "v.webm", (0, 100, 300)), realtime=True))
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize("name", ["v.avi", "v.mkv", "v.mp4", "v.webm", "v.ts", "v.flv"])
def test_a_whole_file_of_any_container_is_complete(tmp_path: Path, name: str) -> None:
    """With its times."""
    source = opened(write_video(tmp_path / name, 50))
    assert [number / FPS for number in range(50)] == pytest.approx(media_times(source))
    assert (0, None) == (source.counters.counts.failed, source.counters.incomplete)


def test_frames_behind_damaged_ones_come_at_their_times(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The damaged ones are counted, and the log says how many came."""
    source = opened(damage(write_video(tmp_path / "v.mp4", 50), 0.4, 0.55))
    times, counts = media_times(source), source.counters.counts
    assert 50 > len(times) > 30
    assert 49 / FPS == pytest.approx(times[-1])
    assert (len(times), None) == (counts.captured - counts.failed, source.counters.incomplete)
    assert f"{len(times)} of 50 frames of {tmp_path / 'v.mp4'} came: the file is damaged" in caplog.text


def test_more_damaged_frames_than_come_in_a_second_are_passed_over() -> None:
    """A decoder waits for the next key frame, which may be far away."""
    capture = ScriptedCapture([plain(RED), *[None] * 300, plain(RED)], 30.0)
    source = VideoFileSource(capture, "v")
    assert [0, 301] == [captured.number for captured in source.frames()]
    assert (302, 300) == (source.counters.counts.captured, source.counters.counts.failed)


@pytest.mark.parametrize("name", ["v.avi", "v.mkv", "v.webm", "v.flv"])
@pytest.mark.parametrize("whole", [False, True], ids=["cut", "overwritten"])
def test_a_file_without_its_end_says_so(tmp_path: Path, name: str, whole: bool) -> None:
    """After the frames that came, and how many of how many these are."""
    video = write_video(tmp_path / name, 50)
    source = opened(damage(video, 0.6, 1.0) if whole else cut(video, 0.6))
    count = len(media_times(source))
    assert 15 < count < 40
    assert f"{count} of 50 frames of {video} came, and the end" in str(source.counters.incomplete)


def test_an_mp4_file_without_its_end_says_so(tmp_path: Path) -> None:
    """Its index, which lies before the frames, and then behind damaged ones."""
    begun = cut(write_timed_video(tmp_path / "v.mp4", IRREGULAR_MS, movflags="faststart"), 0.7)
    damaged = damage(write_video(tmp_path / "d.mp4", 50), 0.5, 0.7)
    for video in (begun, damaged):
        source = opened(video)
        assert f"{len(media_times(source))} of " in str(source.counters.incomplete)


def test_a_file_whose_end_nothing_declares_is_cut_in_a_packet(tmp_path: Path) -> None:
    """Its length is not known, so only what came is counted."""
    video = write_video(tmp_path / "v.ts", 50)
    video.write_bytes(video.read_bytes()[:10_001])
    source = opened(video)
    assert f"{len(media_times(source))} frames of {video} came" in str(source.counters.incomplete)


UNDECLARED = [("v.mpg", "mpeg1video"), ("v.wmv", "wmv2"), ("v.gif", "gif"), ("v.ogv", "libvpx")]


@pytest.mark.parametrize(("name", "codec"), UNDECLARED)
def test_containers_that_count_no_frames_say_that_their_end_is_missing(
    tmp_path: Path, name: str, codec: str
) -> None:
    """And nothing where it is there."""
    video = write_noise_video(tmp_path / name, codec)
    source = opened(video)
    assert (50, None) == (len(media_times(source)), source.counters.incomplete)
    source = opened(cut(video, 0.55))
    count = len(media_times(source))
    assert 15 < count < 40
    fault = f"{count} frames of {video} came, and the end of the file is missing"
    assert str(source.counters.incomplete).startswith(fault)


@pytest.mark.parametrize(("name", "codec"), [*UNDECLARED[:2], UNDECLARED[3], ("v.ts", "mpeg2video")])
def test_frames_that_vanish_without_a_failed_read_are_said(
    tmp_path: Path, name: str, codec: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A reader passes over what is no packet, but the structure has a hole.

    After it, VP8 waits for the next key frame, which the encoder places otherwise on ARM.
    """
    source = opened(damage(write_noise_video(tmp_path / name, codec), 0.4, 0.55))
    assert 50 > len(media_times(source)) > (1 if codec == "libvpx" else 25)
    assert source.counters.incomplete is None
    assert "came: the file is damaged" in caplog.text


@pytest.mark.parametrize("lacking", [1, 40])
def test_a_webm_file_that_lacks_its_last_frame_says_so(tmp_path: Path, lacking: int) -> None:
    """One frame less is no rounding where bytes are missing."""
    video = write_video(tmp_path / "v.webm", 50)
    data = video.read_bytes()
    end = data.rindex(bytes.fromhex("1c53bb6b"))  # the index, behind the frames
    video.write_bytes(data[: end - lacking])
    source = opened(video)
    assert 49 == len(media_times(source))
    assert f"49 of 50 frames of {video} came, and the end" in str(source.counters.incomplete)


@pytest.mark.parametrize("timescale", [0, 0xFFFFFFFF])
def test_a_damaged_time_scale_that_loses_frames_is_said(tmp_path: Path, timescale: int) -> None:
    """A frame seems to last longer than the video."""
    video = write_timed_video(tmp_path / "v.mp4", range(0, 2000, 40))
    data = video.read_bytes()
    at = data.index(b"mdhd") + 16
    video.write_bytes(data[:at] + timescale.to_bytes(4, "big") + data[at + 4 :])
    source = opened(video)
    assert len(media_times(source)) < 25
    assert " of 50 frames of" in str(source.counters.incomplete)


def test_a_file_that_is_closed_early_is_not_called_cut(tmp_path: Path) -> None:
    """Nobody waited for its end."""
    source = opened(cut(write_video(tmp_path / "v.avi", 50), 0.6))
    frames = source.frames()
    next(frames)
    source.close()
    assert ([], None) == (list(frames), source.counters.incomplete)


def test_a_file_of_which_nothing_decodes_is_an_error(tmp_path: Path) -> None:
    """It opens, as its index is whole."""
    video = write_video(tmp_path / "v.avi", 50)
    data = video.read_bytes()
    start, end = data.index(b"movi") + 4, data.index(b"idx1")
    video.write_bytes(data[:start] + bytes(end - start) + data[end:])
    with pytest.raises(
        SourceError, match=r"no frame of .*v.avi decodes \(0 of 50 frames came\): give another"
    ):
        media_times(opened(video))


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "decoded", "failed", "end_s", "complete"),
    [
        ("no-frame-rate.webm", 60, 0, 7.954, True),
        ("midcorrupt.mp4", 82, 18, 3.96, True),
        ("trunc.mp4", 19, 0, 0.72, False),
    ],
)
def test_faulty_videos_are_played_as_far_as_they_go(
    name: str, decoded: int, failed: int, end_s: float, complete: bool
) -> None:
    """One of a browser, one with damage in its middle, and one that was cut."""
    source = opened(SHARED / "faults" / "video" / name)
    times = media_times(source)
    assert (decoded, failed) == (len(times), source.counters.counts.failed)
    assert end_s == pytest.approx(times[-1], abs=1e-3)
    assert complete == (source.counters.incomplete is None)
