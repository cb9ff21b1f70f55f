"""Whether a GIF goes on to its trailer."""

from io import BytesIO
from pathlib import Path

from edgebreed.edge.stream.gif_blocks import is_gif, is_whole_gif

from .videos import write_noise_video


def test_no_part_of_a_gif_is_whole(tmp_path: Path) -> None:
    """Wherever it ends, also between two blocks; what stands behind the trailer is no part of it."""
    data = write_noise_video(tmp_path / "v.gif", "gif", 3).read_bytes()
    assert is_whole_gif(BytesIO(data))
    assert is_whole_gif(BytesIO(data + b"hello"))
    assert not any(is_whole_gif(BytesIO(data[:end])) for end in range(len(data)))


def test_zeros_in_the_middle_are_no_blocks(tmp_path: Path) -> None:
    """Though the trailer is there."""
    data = write_noise_video(tmp_path / "v.gif", "gif", 3).read_bytes()
    third = len(data) // 3
    assert not is_whole_gif(BytesIO(data[:third] + bytes(third) + data[2 * third :]))


def test_a_gif_is_told_by_its_first_bytes() -> None:
    """There are two versions."""
    assert [True, True, False] == [is_gif(head) for head in (b"GIF87a..", b"GIF89a..", b"GIF90a..")]


def test_blocks_without_end_are_not_gone_through() -> None:
    """Of one byte each they would take a second a megabyte."""
    begin = b"GIF89a" + bytes(7) + b"!\xfe"
    assert is_whole_gif(BytesIO(begin + b"\1x" * 1_100_000))
    assert not is_whole_gif(BytesIO(begin + b"\1x" * 900_000))
