"""What a container declares."""

from pathlib import Path

import pytest

from edgebreed.edge.stream.container import Container, Length, read_container

from .videos import cut, damage, write_noise_video, write_timed_video, write_video

EXACT, ESTIMATED, UNKNOWN = Length


@pytest.mark.parametrize(
    ("name", "length", "duration_s"),
    [
        ("v.mp4", EXACT, 2.0),
        ("v.avi", EXACT, 0.0),
        ("v.mkv", ESTIMATED, 0.0),
        ("v.webm", ESTIMATED, 0.0),
        ("v.flv", ESTIMATED, 0.0),
        ("v.ts", UNKNOWN, 0.0),
    ],
)
def test_a_whole_file_is_whole(tmp_path: Path, name: str, length: Length, duration_s: float) -> None:
    """Only MP4 declares how long the video track itself is."""
    assert Container(length, True, duration_s) == read_container(write_video(tmp_path / name, 50))


def test_fragments_declare_no_length(tmp_path: Path) -> None:
    """Their structure shows whether the end is there."""
    flags = "frag_keyframe+empty_moov"
    video = write_timed_video(tmp_path / "v.mp4", range(0, 4000, 40), movflags=flags)
    assert Container(UNKNOWN, True) == read_container(video)
    assert Container(UNKNOWN, False) == read_container(cut(video, 0.6))


def test_an_old_movie_has_no_file_type(tmp_path: Path) -> None:
    """It begins with its frames."""
    data = write_video(tmp_path / "v.mp4", 50).read_bytes()
    (tmp_path / "v.mov").write_bytes(data[int.from_bytes(data[:4], "big") :])
    assert Container(EXACT, True, 2.0) == read_container(tmp_path / "v.mov")


def test_any_other_file_is_taken_as_whole(tmp_path: Path) -> None:
    """Also an empty one."""
    for data in (b"", b"hello", b"G" * 1000, b"\0\0\0\x14ftyp"):
        (tmp_path / "v").write_bytes(data)
        assert UNKNOWN == read_container(tmp_path / "v").length


@pytest.mark.parametrize(
    ("container", "played_s", "all_counted", "lacks"),
    [
        (Container(EXACT), 9.0, False, True),
        (Container(EXACT), 9.0, True, False),
        (Container(EXACT), 9.96, False, False),
        (Container(EXACT, True, 9.0), 9.0, False, False),
        (Container(ESTIMATED, True), 6.0, False, False),
        (Container(ESTIMATED, False), 6.0, False, True),
        (Container(ESTIMATED, False), 10.0, False, False),
        (Container(UNKNOWN, True), 6.0, False, False),
        (Container(UNKNOWN, False), 6.0, True, True),
        (Container(ESTIMATED, False, cut=True), 9.96, False, True),
        (Container(ESTIMATED, False, cut=True), 9.96, True, False),
    ],
    ids=[
        "frames and time are missing",
        "the last frame is shown long",
        "frames are never shown",
        "an edit shows a part",
        "the sound is longer",
        "cut",
        "damaged before the end",
        "nothing is known",
        "its length is that of what is left",
        "bytes and a frame are missing",
        "bytes behind the last frame are missing",
    ],
)
def test_an_end_is_missing_where_it_is_certain(
    container: Container, played_s: float, all_counted: bool, lacks: bool
) -> None:
    """Of a file that seems to last 10 s by its frame count and rate."""
    assert lacks == container.lacks_end(played_s, 10.0, all_counted)


def test_an_interval_longer_than_the_video_says_nothing_of_its_end() -> None:
    """As where the unit of the time stamps is damaged; a video of few frames a day is another matter."""
    video = Container(EXACT, True, 4.0)
    assert video.lacks_end(512.0, 51_200.0, all_counted=False, interval_s=512.0)
    assert not video.lacks_end(4.0, 8.0, all_counted=False, interval_s=4.0)
    assert not video.lacks_end(512.0, 512.0, all_counted=True, interval_s=512.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("v.mpg", "mpeg1video"),
        ("v.wmv", "wmv2"),
        ("v.gif", "gif"),
        ("v.ogv", "libvpx"),
        ("v.ts", "mpeg2video"),
    ],
)
def test_a_container_without_a_frame_count_is_judged_by_its_structure(
    tmp_path: Path, name: str, codec: str
) -> None:
    """Whole, cut, and damaged in its middle; a GIF is not read on behind damage."""
    video = write_noise_video(tmp_path / name, codec)
    assert Container() == read_container(video)
    damaged = read_container(damage(video, 0.4, 0.6))
    assert name == "v.gif" or (True, False) == (damaged.whole, damaged.sound)
    assert not read_container(cut(write_noise_video(video, codec), 0.55)).whole


def test_without_any_length_the_structure_decides() -> None:
    """As of a recording that a browser streamed."""
    assert Container(ESTIMATED, False).lacks_end(3.0, 0.0, all_counted=False)
    assert not Container(ESTIMATED, True).lacks_end(3.0, 0.0, all_counted=False)
