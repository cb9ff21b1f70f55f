"""What an ASF file says of its own length."""

from io import BytesIO
from pathlib import Path

import pytest

from edgebreed.edge.stream.asf_header import is_asf, is_cut_asf, is_sound_asf

from .videos import write_noise_video


@pytest.fixture
def wmv(tmp_path: Path) -> bytes:
    """A file of some packets."""
    return write_noise_video(tmp_path / "v.wmv", "wmv2").read_bytes()


def test_no_part_of_a_file_is_as_long_as_it_says(wmv: bytes) -> None:
    """Nor is one that lacks a byte; more than it says is no matter."""
    assert (True, False) == (is_asf(wmv[:12]), is_asf(wmv[:8]))
    lengths = [len(wmv) + 9, len(wmv), len(wmv) - 1, len(wmv) // 2]
    assert [False, False, True, True] == [is_cut_asf(BytesIO(wmv), length) for length in lengths]


def test_a_file_that_was_streamed_says_nothing(wmv: bytes) -> None:
    """Its header was written before its packets."""
    flags = wmv.index(bytes.fromhex("a1dcab8c47a9cf118ee4")) + 88
    streamed = wmv[:flags] + b"\1" + wmv[flags + 1 :]
    assert not is_cut_asf(BytesIO(streamed), len(wmv) // 2)
    assert not is_cut_asf(BytesIO(wmv[:40]), 40)


def test_packets_that_do_not_begin_as_such_are_damage(wmv: bytes) -> None:
    """As where a part was never written; the first cannot be compared."""
    middle = len(wmv) // 2
    damaged = wmv[:middle] + bytes(4000) + wmv[middle + 4000 :]
    assert [True, False] == [is_sound_asf(BytesIO(data), len(wmv)) for data in (wmv, damaged)]
    assert is_sound_asf(BytesIO(wmv[:60]), 60)


def test_packets_of_a_byte_are_not_gone_through(wmv: bytes) -> None:
    """Their number and size are the file's own claims."""
    size = wmv.index(bytes.fromhex("a1dcab8c47a9cf118ee4")) + 92
    claimed = wmv[:size] + b"\1\0\0\0" + wmv[size + 4 :]
    assert is_sound_asf(BytesIO(claimed), len(wmv))
