"""Sizes that TIFF files state."""

import pytest

from edgebreed.edge.tiff_header import TiffSize, read_tiff_size

from .bombs import tiff
from .encoded import drawn, encode


@pytest.mark.parametrize("big", [False, True])
def test_sizes_are_read_in_both_versions(big: bool) -> None:
    """Of the picture, a sample, and a tile, where there is one."""
    assert TiffSize(45, 30, 0, 0, 3, 8) == read_tiff_size(encode(drawn(), "TIFF", big_tiff=big))
    assert TiffSize(40, 50, 4096, 4096, 4, 16) == read_tiff_size(
        tiff(40, 50, 4096, bits=16, samples=4, big=big)
    )


def test_the_largest_of_repeated_values_counts() -> None:
    """Whichever a decoder takes, it takes no more."""
    data = tiff(40, 50).replace(b"\x03\x01\x04\0\1\0\0\0\x08\0\0\0", b"\0\1\x04\0\1\0\0\0\xff\xff\xff\0")
    size = read_tiff_size(data)
    assert size is not None
    assert 0xFFFFFF == size.width


@pytest.mark.parametrize("length", [2, 6, 9, 40])
def test_a_file_that_ends_early_has_none(length: int) -> None:
    """In its header, before its directory, or within it."""
    assert read_tiff_size(tiff(40, 50)[:length]) is None


@pytest.mark.parametrize("offset", [1 << 62, 1 << 63, (1 << 64) - 1])
def test_a_directory_behind_any_memory_is_none(offset: int) -> None:
    """Offsets of BigTIFF have 64 bits."""
    data = tiff(40, 50, big=True)
    assert read_tiff_size(data[:8] + offset.to_bytes(8, "little") + data[16:]) is None
