"""Bounds on image files."""

import pytest

from edgebreed.edge.image_header import ImageHeader
from edgebreed.edge.image_limits import DEFAULT_LIMITS, ImageLimits

LARGE = ImageHeader(9000, 8000, 72_000_000)


def test_whole_millions_of_pixels_count() -> None:
    """Phones that are sold with 64 Mpx have a few more; panoramas need a word."""
    phone = ImageHeader(9280, 6944, 9280 * 6944)
    assert "" == DEFAULT_LIMITS.fault_of(phone, "JPEG")
    assert (
        "has 9,000x8,000 pixels (72.0 Mpx to decode), at most 64 Mpx are read of JPEG: "
        "shrink it, or raise --max-pixels (predict, detect, bench)"
    ) == DEFAULT_LIMITS.fault_of(LARGE, "JPEG")
    assert "" == ImageLimits(72).fault_of(LARGE, "JPEG")


def test_avif_may_have_a_quarter_of_them() -> None:
    """And at least one million."""
    for megapixels, most in ((64, 16), (1, 1)):
        limits = ImageLimits(megapixels)
        assert "" == limits.fault_of(ImageHeader(1000, 1000, most * 1_000_000), "AVIF")
        fault = limits.fault_of(ImageHeader(1000, 1000, (most + 1) * 1_000_000), "AVIF")
        assert f"at most {most} Mpx are read of AVIF" in fault


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (
            ImageHeader(9, 9, 81, scans=5010),
            "has 5,010 scans, at most 64 are read: save it as a baseline JPEG",
        ),
        (
            ImageHeader(9, 1_000_001, 9_000_009),
            "has 9x1,000,001 pixels, at most 1,000,000 a side are read: cut it into pieces",
        ),
        (ImageHeader(9, 9, 81, texts=17), "has 17 compressed texts, at most 16 are read: save it without"),
        (ImageHeader(9, 9, 81, clears=20_001), "starts its dictionary over 20,000 times: save it as a PNG"),
    ],
)
def test_other_numbers_that_cost_time_or_memory_are_bounded(header: ImageHeader, fault: str) -> None:
    """Whatever the pixels."""
    assert fault == ImageLimits(1000).fault_of(header, "PNG")


def test_a_file_may_be_an_uncompressed_picture() -> None:
    """Of the largest size that is read, and of 64 MB in any case."""
    assert [64_000_000, 195_000_000, 603_000_000] == [ImageLimits(mpx).bytes for mpx in (1, 64, 200)]
    assert "" == DEFAULT_LIMITS.fault_of_size(195_000_000)
    assert DEFAULT_LIMITS.fault_of_size(5_000_000_000).startswith(
        "has 5,000 MB, at most 195 MB are read: shrink"
    )
