"""Whether a container goes on to its end."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import av
import pytest

from edgebreed.edge.stream.container_structure import (
    is_cut_matroska,
    is_sound_ogg,
    is_sound_ts,
    is_ts,
    is_whole_flv,
    is_whole_matroska,
    is_whole_ogg,
    is_whole_ts,
)

from .videos import write_noise_video, write_timed_video, write_video

Check = Callable[[BinaryIO, int], bool]


def judged(check: Check, data: bytes) -> bool:
    """What a check says of the bytes of a file."""
    return check(BytesIO(data), len(data))


def write_sound(path: Path) -> Path:
    """A file with half a second of silence."""
    with av.open(path, "w") as container:
        stream = container.add_stream("opus", 48_000)
        frame = av.AudioFrame(format="s16", layout="stereo", samples=24_000)
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("v.mkv", is_whole_matroska),
        ("v.webm", is_whole_matroska),
        ("v.flv", is_whole_flv),
        ("v.ts", is_whole_ts),
        ("v.ogg", is_whole_ogg),
    ],
)
def test_no_part_of_a_file_is_whole(tmp_path: Path, name: str, check: Check) -> None:
    """Nor is one with something behind it."""
    path = tmp_path / name
    data = (write_sound(path) if name == "v.ogg" else write_video(path, 20)).read_bytes()
    assert judged(check, data)
    assert not any(judged(check, data[:end]) for end in (len(data) - 1, len(data) - 187, len(data) // 2 + 1))
    assert not judged(check, data + b"\xa5" * 188)


def test_a_stream_without_sizes_is_whole(tmp_path: Path) -> None:
    """As a browser records it, cluster by cluster."""
    unknown = b"\x01" + b"\xff" * 7
    data = write_timed_video(tmp_path / "v.webm", range(0, 4000, 40), live="1").read_bytes()
    assert b"\x18\x53\x80\x67" + unknown in data
    data, count = re.subn(rb"(\x1f\x43\xb6\x75)[\x40-\x7f].", rb"\1" + unknown, data, flags=re.DOTALL)
    assert count > 1
    assert judged(is_whole_matroska, data)
    assert not judged(is_whole_matroska, data[:-1])


def test_damage_inside_a_cluster_is_seen(tmp_path: Path) -> None:
    """Its own size is right, and its blocks do not fill it."""
    data = write_video(tmp_path / "v.mkv", 20).read_bytes()
    middle = len(data) // 2
    assert not judged(is_whole_matroska, data[:middle] + b"\xa5" * 1000 + data[middle + 1000 :])


def test_packets_tell_a_transport_stream(tmp_path: Path) -> None:
    """Not a file that begins with the same letter."""
    assert judged(is_ts, write_video(tmp_path / "v.ts", 5).read_bytes())
    assert not judged(is_ts, b"GIF89a" + bytes(1000))
    assert not judged(is_ts, b"G")


@pytest.mark.parametrize("name", ["v.mkv", "v.webm"])
def test_a_segment_says_how_long_it_is(tmp_path: Path, name: str) -> None:
    """But not in a file that was streamed; what is behind it is no matter."""
    data = write_video(tmp_path / name, 20).read_bytes()
    lengths = [len(data) + 9, len(data), len(data) - 1, len(data) // 2]
    assert [False, False, True, True] == [is_cut_matroska(BytesIO(data), length) for length in lengths]
    streamed = write_timed_video(tmp_path / "v.webm", range(0, 400, 40), live="1").read_bytes()
    assert not judged(is_cut_matroska, streamed[:-9])
    assert not judged(is_cut_matroska, data[:4])


def test_a_hole_in_a_transport_stream_is_seen(tmp_path: Path) -> None:
    """Wherever it is."""
    data = write_video(tmp_path / "v.ts", 20).read_bytes()
    middle = len(data) // 2
    assert is_sound_ts(BytesIO(data))
    assert not is_sound_ts(BytesIO(data[:middle] + bytes(500) + data[middle + 500 :]))


def test_a_hole_in_an_ogg_file_is_seen(tmp_path: Path) -> None:
    """Its last page is there."""
    data = write_noise_video(tmp_path / "v.ogg", "libvpx").read_bytes()
    middle = len(data) // 2
    damaged = data[:middle] + bytes(9000) + data[middle + 9000 :]
    assert (True, True) == (judged(is_sound_ogg, data), judged(is_whole_ogg, damaged))
    assert not judged(is_sound_ogg, damaged)
    assert not judged(is_sound_ogg, data[:-1])


@pytest.mark.slow
def test_elements_without_end_are_not_gone_through() -> None:
    """Empty ones would take seconds a megabyte."""
    for count, whole in ((1_100_000, True), (900_000, False)):
        assert whole == judged(is_whole_matroska, b"\xec\x80" * count + b"x")
