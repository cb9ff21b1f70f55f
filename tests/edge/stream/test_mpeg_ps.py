"""Whether an MPEG program stream goes on to its end."""

from io import BytesIO
from pathlib import Path

import pytest

from edgebreed.edge.stream.mpeg_ps import is_ps, is_sound_ps, is_whole_ps

from .videos import write_noise_video

END_CODE = b"\0\0\1\xb9"


def whole_and_sound(data: bytes) -> tuple[bool, bool]:
    """What is said of the bytes of a file."""
    return is_whole_ps(BytesIO(data), len(data)), is_sound_ps(BytesIO(data), len(data))


@pytest.mark.parametrize(
    ("codec", "muxer"),
    [("mpeg1video", "mpeg"), ("mpeg2video", "vob"), ("mpeg2video", "svcd"), ("mpeg1video", "vcd")],
)
def test_no_part_of_a_stream_is_whole(tmp_path: Path, codec: str, muxer: str) -> None:
    """With an end code or without; zeros may fill the last sector, but not more."""
    data = write_noise_video(tmp_path / "v.mpg", codec, muxer=muxer).read_bytes()
    assert is_ps(data)
    for whole in (data, data + END_CODE, data + END_CODE + bytes(1000)):
        assert (True, True) == whole_and_sound(whole)
    for cut in (data[:-1], data[: len(data) // 2 + 7], data[:200], data[:30_000] + bytes(10_000)):
        assert (False, False) == whole_and_sound(cut)


def test_damage_in_the_middle_leaves_the_end(tmp_path: Path) -> None:
    """Zeros that fill a sector between two packs are none."""
    data = write_noise_video(tmp_path / "v.mpg", "mpeg2video", muxer="vob").read_bytes()
    pack = data.index(b"\0\0\1\xba", 10_000)
    assert (True, True) == whole_and_sound(data[:pack] + bytes(5000) + data[pack:])
    for filler in (b"\0", b"\xa5"):
        assert (True, False) == whole_and_sound(data[:10_001] + filler * 5000 + data[15_001:])


def test_packets_without_a_length_are_not_followed(tmp_path: Path) -> None:
    """What comes after them is not known."""
    data = write_noise_video(tmp_path / "v.mpg", "mpeg2video", muxer="vob").read_bytes()
    video = data.rindex(b"\0\0\1\xe0")
    assert (True, True) == whole_and_sound(data[: video + 4] + b"\0\0" + data[video + 6 : -100])


@pytest.mark.slow
def test_packets_without_end_are_not_gone_through() -> None:
    """Empty ones would take a second a megabyte; the tail is looked at in any case."""
    pack = b"\0\0\1\xba!" + bytes(7)
    many = pack + b"\0\0\1\xbe\0\0" * 1_100_000
    assert (True, True) == whole_and_sound(many + pack)
    assert (False, True) == whole_and_sound(many + pack[:7])
